"""What the folded reasons of a page say, for the tests of every room."""

import html
import re

from django.urls import reverse

from jalon.law.articles import articles
from jalon.law.rules import RULES

BLOCK = re.compile(r'<details class="explain">.*?</details>', re.S)


def folded(page: str) -> list[str]:
    """The text of each block of reasons, entities undone."""
    return [html.unescape(block) for block in BLOCK.findall(page)]


def rule_ids(page: str) -> set[str]:
    """The rules that the reasons of a page name and link."""
    return {rule for rule in RULES if any(f'href="{reverse("rule", args=[rule])}"' in block for block in folded(page))}


def block_of(page: str, rule_id: str) -> str:
    """The first block that tells this rule."""
    return next(block for block in folded(page) if f">{rule_id}</a>" in block)


def leads_to_an_article(page: str, rule_id: str) -> bool:
    """Open the reasons, follow the article: two interactions, here or on the page of the rule."""
    block = block_of(page, rule_id)
    return all(
        f'href="{one.href or reverse("rule", args=[rule_id])}"' in block and one.name in block
        for one in articles(RULES[rule_id].source)
    )
