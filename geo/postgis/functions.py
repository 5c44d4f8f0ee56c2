"""Arithmetic as `geo/operands.py` has it: what is too large or divided by zero is missing, what is too small is zero.

PostgreSQL refuses all of these, so that each operation is a function. Its power is that of its own machine's C library,
as Python's is: the last bit of a result may differ between machines.
"""

RECKONED = """
CREATE OR REPLACE FUNCTION catalog_reckoned(sign text, a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    IF sign IN ('+', '-', '*', '/', 'div')
        AND (a = 0 OR abs(a) BETWEEN 1e-140 AND 1e140) AND (b = 0 OR abs(b) BETWEEN 1e-140 AND 1e140) THEN
        RETURN CASE sign
            WHEN '+' THEN a + b
            WHEN '-' THEN a - b
            WHEN '*' THEN a * b
            WHEN '/' THEN a / nullif(b, 0)
            ELSE trunc(a / nullif(b, 0))
        END;
    END IF;
    RETURN catalog_reckoned_carefully(sign, a, b);
END $$
"""

CAREFULLY = """
CREATE OR REPLACE FUNCTION catalog_reckoned_carefully(sign text, a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    found double precision;
BEGIN
    found := CASE sign
        WHEN '+' THEN a + b
        WHEN '-' THEN a - b
        WHEN '*' THEN a * b
        WHEN '/' THEN a / nullif(b, 0)
        WHEN 'div' THEN trunc(a / nullif(b, 0))
        WHEN '^' THEN power(a, b)
        WHEN 'mod' THEN catalog_remainder(a, nullif(b, 0))
    END;
    RETURN CASE WHEN abs(found) < 'infinity' THEN found END;
EXCEPTION
    WHEN invalid_argument_for_power_function THEN
        RETURN NULL;
    WHEN numeric_value_out_of_range THEN
        RETURN CASE
            WHEN sign = '*' AND ln(abs(a)) + ln(abs(b)) < 0 THEN 0
            WHEN sign IN ('/', 'div') AND abs(a) < abs(b) THEN 0
            WHEN sign = '^' AND (abs(a) > 1) = (b < 0) THEN 0
        END;
END $$
"""

# What is left of a division that is cut towards zero, exactly: as whole numbers times a power of two.
REMAINDER = """
CREATE OR REPLACE FUNCTION catalog_remainder(a double precision, b double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    bits bigint[] := ARRAY[
        ('x' || encode(float8send(abs(a)), 'hex'))::bit(64)::bigint,
        ('x' || encode(float8send(abs(b)), 'hex'))::bit(64)::bigint
    ];
    exponents integer[];
    parts numeric[];
    low integer;
    rest numeric;
BEGIN
    IF abs(a) = 'infinity' THEN
        RETURN NULL;
    ELSIF abs(b) > abs(a) THEN
        RETURN a;
    END IF;
    FOR i IN 1..2 LOOP
        exponents[i] := greatest((bits[i] >> 52)::integer, 1) - 1075;
        parts[i] := (bits[i] & 4503599627370495) + CASE WHEN bits[i] >> 52 = 0 THEN 0 ELSE 4503599627370496 END;
    END LOOP;
    low := least(exponents[1], exponents[2]);
    rest := (parts[1] * power(2::numeric, exponents[1] - low)) % (parts[2] * power(2::numeric, exponents[2] - low));
    WHILE rest > 1e300 LOOP
        rest := div(rest, power(2::numeric, 900));
        low := low + 900;
    END LOOP;
    RETURN sign(a) * (rest::double precision * power(2::double precision, low));
END $$
"""

FUNCTIONS = (REMAINDER, CAREFULLY, RECKONED)
