"""Records of strangers who mean harm, and what may be in a page that shows them."""

import re

from made_up import made_up

HOSTILE = [
    "{{7*7}} {{ cycler.__init__.__globals__.os.getpid() }} {% for x in y %} {# x",
    "</script><script>window.hit = 1; alert(1)</script>",
    "<img src=x onerror='window.hit = 1'>",
    "${alert(1)} ${window.hit = 1}",
    "` backtick ` \\` \\\\",
    "'\"><svg onload=window.hit=1>",
    "javascript:window.hit=1",
    "&lt;b&gt; &amp; &#x3c;script&#x3e;",
    "عربي עברית 中文 \u200f\u200e\u200b ﷽",
    "Z̸͎̞̈a̸̡͎l̵̰̿g̵͚͐o̴͎͒ " + "\u0301" * 100,
    "x" * 200,
    "__proto__",
    "constructor",
]

# Attributes and elements that a record is made of; whatever else stands there came in with a text.
SHOWN_WITH = """(article) => [...article.querySelectorAll("*")].flatMap((element) => {
  element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  return [element.localName, ...Array.from(element.attributes, ({ name }) => `@${name}`)];
})"""
EXPECTED = re.compile(
    "header|aside|nav|section|h[1-4]|bdi|strong|span|div|p|a|button|ul|ol|li|dl|dt|dd|time|blockquote|details|summary"
    "|table|caption|thead|tbody|tr|th|td|figure|figcaption|svg|path|line|rect|circle|text|title|defs|pattern"
    "|@(class|id|href|rel|target|title|role|scope|datetime|tabindex|value|reversed|type|colspan|start)"
    "|@(popover|popovertarget|aria-label|aria-labelledby|aria-hidden|data-(kind|status|open|links|number|group))"
    "|@(viewBox|width|height|d|fill|stroke|stroke-width|stroke-linejoin|x|y|x1|x2|y1|y2|cx|cy|r|text-anchor)"
    "|@(patternUnits|patternTransform)"
)


def hostile(number, text):
    """Put the text into every field that takes text."""
    cites = {"sources": ["s1"]}
    address = "https://example.org/?q=%3Cscript%3E'$%7B1%7D"
    return made_up(
        f"bo-hostile-{number}",
        geometry={"type": "Point", "coordinates": [-60, -10 - number]},
        name=text,
        other_names=[text],
        region=text,
        locality=text,
        summary=text,
        location_note=text,
        events=[{"date": "2024", "type": "status", "status": "announced", "summary": text, **cites}],
        owners=[{"name": text, "role": "owner", "share_pct": 10, **cites}],
        investment=[{"amount": 5, "currency": "USD", "purpose": text, **cites}],
        capacities=[{"product": "cells", "value": 1, "unit": "GWh/y", "basis": "planned", "note": text, **cites}],
        resource=[{"category": "inferred", "substance": "li", "tonnes": 1, "note": text, **cites}],
        links=[{"type": "supplies", "project": f"bo-hostile-{max(number - 1, 0)}", **cites}] if number else [],
        sources=[{"id": "s1", "url": address, "archived_url": address, "title": text, "publisher": text}],
    )


def assert_only_text_came_in(article):
    assert [] == [name for name in article.evaluate(SHOWN_WITH) if not EXPECTED.fullmatch(name)]
