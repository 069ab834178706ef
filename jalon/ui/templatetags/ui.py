"""The tags and filters of every template; being builtins they need no ``load``.

The work is done in ``ui.html``, ``ui.plots`` and ``ui.timeline``.
"""

from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jalon.ui import fixed, html, plots, rules, timeline
from jalon.ui.patterns import fill

register = template.Library()

register.filter("day", html.day)
register.filter("longday", html.long_day)
register.filter("monthname", html.month_name)
register.filter("shortmonth", html.short_month)
register.filter("hour", html.hour)
register.filter("moment", html.moment)
register.filter("euro", html.euro)
register.filter("number", html.number)
register.filter("percent", html.percent)
register.filter("phone", html.phone)
register.filter("lines", html.lines)
register.filter("french", html.spaced)


@register.filter
def signed_days(value: Any, today: Any = None) -> str:
    """J-46, from a number of days or from a day (and today)."""
    found = html.as_day(value)
    if found is not None:
        value = (found - (html.as_day(today) or html.clock.today())).days
    return "" if value in (None, "") else html.signed_days(int(value))


register.tag("translate", fixed.translate)
register.tag("url", fixed.url)
register.simple_tag(html.icon, name="icon")
register.simple_tag(html.due, name="due")
register.simple_tag(html.state, name="state")
register.simple_tag(html.meter, name="meter")
register.simple_tag(html.tasks, name="tasks")
register.simple_tag(html.summary, name="summary")
register.simple_tag(html.months, name="months")
register.simple_tag(html.tabs, name="tabs")
register.simple_tag(html.explain, name="explain")
register.simple_tag(rules.folded, name="why")
register.simple_tag(html.outside, name="outside")
register.simple_tag(html.differs, name="differs")
register.simple_tag(html.empty, name="empty")
register.simple_tag(html.agreement, name="agreement")
register.simple_tag(timeline.clock_figure, name="clock")
register.simple_tag(plots.bars, name="bars")
register.simple_tag(plots.steps, name="steps")
register.simple_tag(plots.dots, name="dots")


@register.simple_tag
def errors(*all_forms: Any) -> SafeString:
    """The summary of what is wrong, with a link to each field. Nothing when nothing is wrong."""
    rows = []
    for form in all_forms:
        if not isinstance(form, forms.BaseForm) or not form.is_bound:
            continue
        rows += [format_html("<li>{}</li>", error) for error in form.non_field_errors()]
        for bound in form:
            rows += [
                format_html('<li><a href="#{}">{}</a></li>', _first_id(bound), _about(bound, e)) for e in bound.errors
            ]
    if not rows:
        return mark_safe("")
    return format_html(
        '<div class="errors" role="alert" tabindex="-1" autofocus><h2>{}{}</h2><ul>{}</ul></div>',
        html.icon("alert"), _("Il y a un problème"), html.joined(rows),
    )  # fmt: skip


@register.simple_tag
def same(name: str, **shape: Any) -> SafeString:
    """A template that is the same for every page of this shape."""
    return fill(name, shape)


@register.simple_tag(takes_context=True)
def header(context: template.Context, search: bool = True) -> SafeString:
    """The top of every page; without its search box where the page has its own."""
    page = context["ui"]
    account = page.account
    return fill(
        "ui/_header.html",
        {"ui": page.shape(search)},
        csrf_token=context.get("csrf_token", ""),
        here=page.here,
        name=account.name if account else "",
        detail=account.detail if account else "",
    )


def _first_id(bound: Any) -> str:
    return bound.id_for_label or f"{bound.auto_id}_0"


def _about(bound: Any, error: str) -> str:
    if bound.is_hidden:
        return error
    asked = str(bound.label).endswith("?")
    return f"{bound.label} {error}" if asked else _("%(field)s : %(error)s") % {"field": bound.label, "error": error}


@register.simple_tag(takes_context=True)
def pager(context: template.Context, page: Any, name: str = "page") -> SafeString:
    """Previous and next pages of a Page, the filters of the query kept. Nothing when there is one page.

    ``name`` is its own in a page of several lists, and the id of the place where the next page begins. Nothing either
    in the answer to a form that was refused: its address shows nothing by itself, and what was typed would be lost.
    """
    if context["request"].method == "POST" or not isinstance(page, Page) or not page.has_other_pages():
        return mark_safe("")
    query = context["request"].GET.copy()

    def link(number: int, label: str, rel: str, drawing: str) -> SafeString:
        query[name] = str(number)
        return format_html(
            '<a rel="{}" href="?{}#{}">{}{}</a>', rel, query.urlencode(), name, html.icon(drawing), label
        )

    before = link(page.previous_page_number(), _("Page précédente"), "prev", "left") if page.has_previous() else ""
    after = link(page.next_page_number(), _("Page suivante"), "next", "right") if page.has_next() else ""
    where = _("Page %(page)d sur %(pages)d") % {"page": page.number, "pages": page.paginator.num_pages}
    return format_html(
        '<nav class="pager" aria-label="{}"><span>{}</span><span class="muted">{}</span><span>{}</span></nav>',
        _("Pages"), before, where, after,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def post(
    context: template.Context, url: str, label: Any, tone: str = "outline-primary", drawing: str = "", said: Any = "",
    **values: Any,
) -> SafeString:  # fmt: skip
    """A form of one button. ``said`` is added for those who hear the page; other arguments are hidden fields."""
    hidden = "".join(
        format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in values.items()
    )
    return format_html(
        '<form method="post" action="{}" class="one"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}'
        '<button class="btn btn-sm btn-{}">{}{}{}</button></form>',
        url, context.get("csrf_token", ""), SafeString(hidden), tone, html.icon(drawing) if drawing else "", label,
        format_html('<span class="vh"> {}</span>', said) if said else "",
    )  # fmt: skip
