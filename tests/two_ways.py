"""Addresses of records and pages of them, some of which have a shorter way to their answers, and headers with them."""

P = "/api/collections/projects"
ADDRESSES = [
    f"{P}/items",
    f"{P}/items?limit=3",
    f"{P}/items?limit=1000",
    f"{P}/items?bbox=-70,-30,-60,-10&status=operating",
    f"{P}/items?q=rosatom&sortby=-updated",
    f"{P}/items?country=BO,AR&limit=2&sortby=status,-capacity",
    f"{P}/items?owner=ganfeng-lithium",
    f"{P}/items?limit=0",
    f"{P}/items?colour=red",
    f"{P}/items?limit=2&limit=3",
    f"{P}/items?as_of=2020",
    f"{P}/items?f=csv&country=BO",
    f"{P}/items/bo-rosatom-battery-factory",
    f"{P}/items/bo-nobody",
    f"{P}/items/b%6f-rosatom-battery-factory",
    f"{P}/items/",
    f"{P}/items/..%2f..%2f",
    f"{P}/items/bo-rosatom-battery-factory/revisions",
    f"{P}/items/bo-rosatom-battery-factory?x=1",
    f"{P}/facets",
    f"{P}/facets?status=operating",
    f"{P}/snapshot/drawn",
    f"{P}/snapshot/told",
    f"{P}/snapshot/else",
    f"{P}/snapshotdrawn",
    P,
    f"{P}/",
    f"{P}er",
]
HEADERS = [{}, {"Accept-Encoding": "br"}, {"Accept": "text/csv"}, {"If-None-Match": "*"}]
