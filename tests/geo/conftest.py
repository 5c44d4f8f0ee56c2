"""What tests of answers share: every catalog that there is takes the same ones."""

import pytest
from catalogs import catalogs_of


@pytest.fixture(scope="module", params=["memory", pytest.param("postgis", marks=pytest.mark.postgres)])
def catalog_over(request):
    """Makes a catalog over a store, in memory or in PostGIS: `catalog_over(store, organisations)`."""
    with catalogs_of(request) as over:
        yield over
