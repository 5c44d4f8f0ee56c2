# The server in a container; api/running/README.md says how it is run. Build: docker build --tag lithium-ledger .
FROM python:3.13-slim-trixie AS build
WORKDIR /build
RUN python -m venv --without-pip /opt/ledger
COPY requirements.lock ./
RUN python -m pip --python /opt/ledger/bin/python install --no-cache-dir --only-binary :all: --require-hashes -r requirements.lock
COPY LICENSE README.md pyproject.toml ./
COPY api api
COPY data data
COPY geo geo
COPY web web
# The lock file has named everything, what builds the project included: that goes again.
RUN python -m pip --python /opt/ledger/bin/python install --no-cache-dir --no-deps --no-build-isolation . \
    && python -m pip --python /opt/ledger/bin/python uninstall --yes editables hatchling pathspec pluggy tomlkit trove-classifiers

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="Lithium Ledger" org.opencontainers.image.licenses="MIT AND CC-BY-4.0"
# Nothing is installed into a container that runs, and nothing but /data and /tmp is written.
RUN python -m pip uninstall --yes pip \
    && groupadd --system --gid 10001 ledger \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ledger \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data /backups
COPY --from=build /opt/ledger /opt/ledger
ENV PATH=/opt/ledger/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    LEDGER_STORE=/data/ledger.gpkg \
    LEDGER_HOST=0.0.0.0 \
    LEDGER_LOG=json
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import http.client, os; asked = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('LEDGER_PORT') or 8000), timeout=4); asked.request('GET', '/healthz'); raise SystemExit(asked.getresponse().status != 200)"]
ENTRYPOINT ["lithium-ledger"]
CMD ["serve"]
