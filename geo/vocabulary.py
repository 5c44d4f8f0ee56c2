"""The words a record may use: code, label, one-sentence definition, order and group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar


@dataclass(frozen=True)
class Term:
    """One word of a vocabulary."""

    code: str
    label: str
    definition: str
    group: str = ""


@dataclass(frozen=True)
class Product(Term):
    """A product; `lce_factor` is tonnes of lithium carbonate equivalent in a tonne of it (None: unknown)."""

    lce_factor: float | None = None


T = TypeVar("T", bound=Term)


class Vocabulary(Generic[T]):
    """An ordered, closed list of terms, looked up by code."""

    def __init__(self, name: str, terms: Sequence[T]) -> None:
        self.name = name
        self._terms = {term.code: term for term in terms}
        self._order = {term.code: position for position, term in enumerate(terms)}

    def __getitem__(self, code: str) -> T:
        return self._terms[code]

    def __contains__(self, code: object) -> bool:
        return code in self._terms

    def __iter__(self) -> Iterator[T]:
        return iter(self._terms.values())

    def __len__(self) -> int:
        return len(self._terms)

    @property
    def codes(self) -> list[str]:
        return list(self._terms)

    def position(self, code: str) -> int:
        """Where the term stands in the vocabulary's order, from 0."""
        return self._order[code]


SEGMENTS = Vocabulary(
    "segment",
    [
        Term("extraction", "Extraction", "Taking lithium out of rock, clay or brine."),
        Term("refining", "Refining", "Turning concentrate or brine into lithium chemicals."),
        Term("components", "Components", "Making the parts of a cell: cathode, anode, electrolyte, separator, foil."),
        Term("cells", "Cells", "Making battery cells."),
        Term("packs", "Packs", "Assembling cells into modules, packs or storage units."),
        Term("recycling", "Recycling", "Recovering materials from used batteries and production scrap."),
        Term("storage", "Storage", "Storing electricity for a grid or a site."),
        Term("pilot", "Pilot and research", "Trying a process or a product before industrial scale."),
    ],
)

KINDS = Vocabulary(
    "kind",
    [
        Term(
            "hard_rock_mine", "Hard-rock mine", "Mines lithium minerals such as spodumene or lepidolite.", "extraction"
        ),
        Term("brine_operation", "Brine operation", "Takes lithium from the brine of a salt flat.", "extraction"),
        Term("clay_mine", "Clay mine", "Mines lithium-bearing clay or other volcano-sedimentary rock.", "extraction"),
        Term(
            "geothermal_brine",
            "Geothermal or oilfield brine",
            "Takes lithium from geothermal or oilfield brine.",
            "extraction",
        ),
        Term(
            "refinery",
            "Refinery",
            "Makes lithium carbonate, hydroxide, chloride or metal as a plant of its own.",
            "refining",
        ),
        Term("cathode_plant", "Cathode plant", "Makes cathode active material or its precursor.", "components"),
        Term("anode_plant", "Anode plant", "Makes anode material.", "components"),
        Term(
            "component_plant",
            "Component plant",
            "Makes electrolyte, separator, foil or another cell part.",
            "components",
        ),
        Term("cell_factory", "Cell factory", "Makes battery cells, with or without packs beside them.", "cells"),
        Term("pack_factory", "Pack factory", "Assembles bought cells into modules, packs or storage units.", "packs"),
        Term(
            "recycling_plant", "Recycling plant", "Recovers materials from batteries or production scrap.", "recycling"
        ),
        Term("storage_plant", "Storage plant", "A battery that stores electricity for a grid or a site.", "storage"),
        Term("pilot_plant", "Pilot plant", "A pilot, demonstration or research plant of any step.", "pilot"),
    ],
)

STATUS_GROUPS = Vocabulary(
    "status_group",
    [
        Term("planned", "Planned", "Not yet being built: considered, announced, explored, studied or being permitted."),
        Term("building", "Building", "Under construction or being commissioned."),
        Term("operating", "Operating", "Producing or serving commercially."),
        Term("paused", "Paused", "Halted, with the stated intent to resume."),
        Term("ended", "Ended", "Shelved, cancelled or closed."),
        Term("unknown", "Unknown", "No source says what stage it has reached."),
    ],
)

STATUSES = Vocabulary(
    "status",
    [
        Term(
            "considered",
            "Considered",
            "Someone in a position to do it says that it may happen; nothing is committed.",
            "planned",
        ),
        Term("announced", "Announced", "A decision or an agreement to do it is public.", "planned"),
        Term("exploration", "Exploration", "The deposit is being searched for, drilled or sampled.", "planned"),
        Term("study", "Study", "Being studied, from scoping to feasibility.", "planned"),
        Term("permitting", "Permitting", "Permits are applied for or granted; building has not begun.", "planned"),
        Term("construction", "Construction", "Being built on site.", "building"),
        Term(
            "commissioning",
            "Commissioning",
            "Built and being tested or ramped up to first commercial output.",
            "building",
        ),
        Term("operating", "Operating", "In commercial operation.", "operating"),
        Term("paused", "Paused", "In care and maintenance, or work halted, with intent to resume.", "paused"),
        Term("shelved", "Shelved", "Postponed without a date, or no movement for two years.", "ended"),
        Term("cancelled", "Cancelled", "Given up before it operated.", "ended"),
        Term("closed", "Closed", "Operated once and has stopped for good.", "ended"),
        Term("unknown", "Unknown", "No source says what stage it has reached.", "unknown"),
    ],
)

LOCATION_ACCURACIES = Vocabulary(
    "location_accuracy",
    [
        Term("site", "Site", "The place itself, from stated coordinates or imagery."),
        Term("locality", "Locality", "The town or industrial park that a source names; the point stands for it."),
        Term("region", "Region", "A region, salt flat or district; the point stands for the whole of it."),
        Term("country", "Country", "Only the country is known; the geometry is the country's outline, never a point."),
        Term("undisclosed", "Undisclosed", "No place is known; there is no geometry."),
    ],
)

EVENT_TYPES = Vocabulary(
    "event_type",
    [
        Term("status", "Status", "Moves the project to another stage."),
        Term("agreement", "Agreement", "A contract, memorandum, tender or offer."),
        Term("permit", "Permit", "A permit, licence or approval applied for, granted or refused."),
        Term("court", "Court", "An action or a ruling of a court."),
        Term("ownership", "Ownership", "A change of owner, agreed or closed."),
        Term("output", "Output", "What was produced or sold in a period."),
        Term("snapshot", "Database snapshot", "What a database said at its release date; not a dated happening."),
        Term("other", "Other", "Anything else that bears on the project."),
    ],
)

DATE_BASES = Vocabulary(
    "date_basis",
    [
        Term("happened", "Happened", "The date is when it happened."),
        Term("reported", "Reported", "Only the date of the report is known; it happened by then."),
    ],
)

EVENT_BASES = Vocabulary(
    "event_basis",
    [
        Term("stated", "Stated", "A source says so."),
        Term(
            "inferred_silence",
            "Inferred from silence",
            "No source has spoken of it for years; inferred by the written rule.",
        ),
        Term("inferred_imagery", "Inferred from imagery", "Seen on satellite or aerial imagery."),
    ],
)

OWNER_ROLES = Vocabulary(
    "owner_role",
    [
        Term("owner", "Owner", "Holds a share of the project or its company."),
        Term("operator", "Operator", "Runs or builds it."),
        Term("partner", "Partner", "Takes part by agreement, without a stated share."),
        Term("proposer", "Proposer", "Says that it may or will do it."),
        Term("contractor", "Contractor", "Builds or supplies it for the owner."),
        Term("offtaker", "Offtaker", "Has agreed to buy its product."),
        Term("state", "State", "A state or state body that grants or shares in it."),
    ],
)

CAPACITY_BASES = Vocabulary(
    "capacity_basis",
    [
        Term("planned", "Planned", "Intended, studied or announced."),
        Term("actual", "Actual", "Built and installed."),
    ],
)

QUALIFIERS = Vocabulary(
    "qualifier",
    [
        Term("exact", "Exactly", "As the source states it."),
        Term("about", "About", "Rounded or called approximate by the source."),
        Term("at_least", "At least", "A lower bound."),
        Term("at_most", "At most", "An upper bound."),
        Term("unknown", "Precision unknown", "The source does not say how exact it is."),
    ],
)

SCOPES = Vocabulary(
    "scope",
    [
        Term("this_plant", "This plant", "The whole of this project."),
        Term("phase", "Phase", "One phase of it, that adds to the others."),
        Term("cumulative", "Cumulative", "This project up to and including a phase; not to be added."),
        Term("group", "Group", "Several plants or companies together; not to be added."),
    ],
)

LINK_TYPES = Vocabulary(
    "link_type",
    [
        Term("supplies", "Supplies", "Delivers its product to the other project."),
        Term("part_of", "Part of", "Is a phase or a part of the other project."),
        Term("follows_from", "Follows from", "Was proposed as a consequence of the other project."),
        Term("replaces", "Replaces", "Takes the place of the other project."),
        Term("same_site", "Same site", "Stands on the site of the other project."),
    ],
)

SOURCE_TYPES = Vocabulary(
    "source_type",
    [
        Term("company", "Company", "Published by a party to the project."),
        Term("government", "Government", "Published by a state, parliament, court or public body."),
        Term("filing", "Filing", "A filing to an exchange or regulator, or a technical report."),
        Term("dataset", "Dataset", "A database or map."),
        Term("news", "News", "A news medium or agency."),
        Term("research", "Research", "A study or an academic or NGO analysis."),
        Term("other", "Other", "Anything else, aggregators and mirrors included."),
    ],
)

# Tonnes of lithium carbonate equivalent in a tonne of product, from the molar masses of the CIAAW standard atomic
# weights (Li 6.94, C 12.011, O 15.999, H 1.008, Cl 35.45): Li2CO3 73.89 / lithium atoms x molar mass of the product.
PRODUCTS = Vocabulary(
    "product",
    [
        Product("lithium_carbonate", "Lithium carbonate", "Li2CO3.", "lithium", 1.0),
        Product("lithium_hydroxide", "Lithium hydroxide monohydrate", "LiOH.H2O.", "lithium", 0.880),
        Product("lithium_chloride", "Lithium chloride", "LiCl.", "lithium", 0.871),
        Product("lce", "Lithium carbonate equivalent", "Any lithium chemical, counted as Li2CO3.", "lithium", 1.0),
        Product("lithium_metal", "Lithium metal", "Contained or metallic Li.", "lithium", 5.323),
        Product("lithium_oxide", "Lithium oxide", "Contained Li2O.", "lithium", 2.473),
        Product(
            "lithium_concentrate",
            "Lithium mineral concentrate",
            "Spodumene, lepidolite or petalite concentrate.",
            "lithium",
        ),
        Product("lithium_ore", "Lithium ore", "Ore as mined.", "lithium"),
        Product(
            "other_lithium_chemical",
            "Other lithium chemical",
            "Sulphate, phosphate, brine concentrate and others.",
            "lithium",
        ),
        Product("potassium_chloride", "Potassium chloride", "KCl, a by-product of lithium brine.", "by_product"),
        Product(
            "cathode_material", "Cathode active material", "LFP, NMC, NCA and other cathode material.", "components"
        ),
        Product("cathode_precursor", "Cathode precursor", "pCAM, iron phosphate and other precursors.", "components"),
        Product("anode_material", "Anode material", "Natural or synthetic graphite, silicon anode.", "components"),
        Product("electrolyte", "Electrolyte", "Electrolyte, its salts and solvents.", "components"),
        Product("separator", "Separator", "Separator film.", "components"),
        Product("foil", "Foil", "Copper or aluminium current-collector foil.", "components"),
        Product("other_component", "Other component", "Cans, binders, additives and other cell parts.", "components"),
        Product("cells", "Battery cells", "Lithium-ion, sodium-ion or solid-state cells.", "batteries"),
        Product("packs", "Battery packs", "Modules, packs and storage units.", "batteries"),
        Product("storage", "Electricity storage", "Power or energy of a storage plant.", "batteries"),
        Product("black_mass", "Black mass", "Shredded battery material.", "recycling"),
        Product("recycled_batteries", "Batteries recycled", "Batteries or scrap taken in for recycling.", "recycling"),
    ],
)

UNITS = Vocabulary(
    "unit",
    [
        Term("t/y", "tonnes a year", "Metric tonnes a year."),
        Term("GWh/y", "GWh a year", "Gigawatt-hours of cells or packs made a year."),
        Term("MWh/y", "MWh a year", "Megawatt-hours of cells or packs made a year."),
        Term("MWh", "MWh", "Megawatt-hours stored."),
        Term("MW", "MW", "Megawatts of power."),
        Term("m2/y", "square metres a year", "Square metres of film or foil a year."),
        Term("units/y", "pieces a year", "Modules, packs or vehicles a year."),
    ],
)

RESOURCE_CATEGORIES = Vocabulary(
    "resource_category",
    [
        Term(
            "resource_total",
            "Resource, all categories",
            "Measured, indicated and inferred, or a total not broken down.",
        ),
        Term("measured", "Measured resource", "Measured mineral resource."),
        Term("indicated", "Indicated resource", "Indicated mineral resource."),
        Term("measured_indicated", "Measured and indicated resource", "Measured and indicated mineral resource."),
        Term("inferred", "Inferred resource", "Inferred mineral resource."),
        Term("reserve", "Reserve", "Proven and probable ore reserve."),
    ],
)

SUBSTANCES = Vocabulary(
    "substance",
    [
        Term("lce", "Lithium carbonate equivalent", "Contained lithium counted as Li2CO3."),
        Term("li", "Lithium", "Contained lithium metal."),
        Term("li2o", "Lithium oxide", "Contained Li2O."),
        Term("ore", "Ore", "Ore tonnage at the stated grade."),
    ],
)

GRADE_UNITS = Vocabulary(
    "grade_unit",
    [
        Term("mg/L Li", "mg Li per litre", "Milligrams of lithium in a litre of brine."),
        Term("ppm Li", "ppm Li", "Grams of lithium in a tonne."),
        Term("% Li2O", "% Li2O", "Percent of Li2O by mass."),
    ],
)

DATASETS = Vocabulary(
    "dataset",
    [
        Term("busch", "Busch et al.", "Row of the lithium deposit database of Busch et al. 2025 (Data S2)."),
        Term("nrcan", "NRCan", "NRCan object id in Natural Resources Canada's critical minerals map."),
        Term("ga", "Geoscience Australia", "Name of the deposit in its Critical Minerals Map (eCat 147741)."),
        Term("cim", "Clean Investment Monitor", "Facility id in the Clean Investment Monitor."),
        Term("storage_tracker", "Big battery storage tracker", "Project id in lorenz-g's grid battery tracker."),
    ],
)

LOCATION_DOUBTS = Vocabulary(
    "location_doubt",
    [
        Term("at-zero", "Point at 0, 0", "Latitude and longitude are both zero: nobody has said where it is."),
        Term("outside-country", "Not in its country", "It lies outside the country named; is a minus sign missing?"),
    ],
)

ALL: dict[str, Vocabulary[Term]] = {
    vocabulary.name: vocabulary  # type: ignore[misc]
    for vocabulary in (
        SEGMENTS,
        KINDS,
        STATUS_GROUPS,
        STATUSES,
        LOCATION_ACCURACIES,
        EVENT_TYPES,
        DATE_BASES,
        EVENT_BASES,
        OWNER_ROLES,
        CAPACITY_BASES,
        QUALIFIERS,
        SCOPES,
        LINK_TYPES,
        SOURCE_TYPES,
        PRODUCTS,
        UNITS,
        RESOURCE_CATEGORIES,
        SUBSTANCES,
        GRADE_UNITS,
        DATASETS,
        LOCATION_DOUBTS,
    )
}
