"""The groups of the menu, in the order of a day."""

from flask_babel import lazy_gettext as _

CASEWORK = _("Casework")
HOUSING = _("Housing")
MONEY = _("Money")
EVENTS = _("Events")
OFFICE = _("Administration")
