"""What each role finds on the front page, casework first (UI 5)."""

from admin_views.engine.boxes import Piece
from admin_views.engine.front import Board
from admin_views.front import casework, gatherings, interpreting, keeping, money
from tomoiki.accounts.models import Role, User
from tomoiki.cases.models import Activity, Case, CaseStaff, Inquiry
from tomoiki.core.history import ChangeLog
from tomoiki.deadlines.models import Deadline
from tomoiki.events.models import Attendee, Event, FollowUp
from tomoiki.money.bank import BankLine
from tomoiki.money.expenses import Expense
from tomoiki.money.models import Donation, Fund
from tomoiki.money.receipts import Receipt
from tomoiki.shelter.models import Bed

NUMBERS = Piece(casework.office_numbers, Inquiry, place="below")
MOVEMENT = Piece(casework.movement, Case, place="below")
FUNDS = Piece(money.funds, Fund, place="right")
LASTING = Piece(money.lasting, Fund, place="right")
MONTH = Piece(money.month, Donation, place="below")

BOARDS = (
    Board(
        Role.caseworker,
        (
            Piece(casework.waiting, Inquiry),
            Piece(casework.deadlines, Deadline),
            Piece(casework.beds, Bed, place="right"),
            Piece(casework.next_steps, Case, place="right"),
            NUMBERS,
            MOVEMENT,
        ),
        is_two_sided=True,
    ),
    Board(
        Role.treasurer,
        (
            Piece(money.lines_to_match, BankLine, "update"),
            Piece(money.expenses_to_approve, Expense, "update"),
            Piece(money.receipts_due, Receipt, "create"),
            LASTING,
            FUNDS,
            MONTH,
        ),
    ),
    Board(
        Role.organiser,
        (
            Piece(gatherings.next_event, Event),
            Piece(gatherings.overdue_visits, FollowUp),
            Piece(gatherings.students, Attendee, place="right"),
        ),
    ),
    Board(
        Role.interpreter,
        (
            Piece(interpreting.requests, CaseStaff),
            Piece(interpreting.assigned, Case),
            Piece(interpreting.jotter, Activity, "create"),
            Piece(interpreting.my_month, Activity, place="right"),
            Piece(interpreting.emergency_numbers, Case, place="right"),
        ),
    ),
    Board(
        Role.admin,
        (
            Piece(keeping.users, User, "update"),
            Piece(keeping.changes, ChangeLog),
            Piece(keeping.settings, User, "update", "right"),
            NUMBERS,
            MOVEMENT,
        ),
    ),
    Board(
        Role.auditor,
        (Piece(keeping.changes, ChangeLog), Piece(keeping.ledger, Donation), LASTING, FUNDS, MONTH),
    ),
)
