"""Ledgers of donations and lists of donors: header words, words for codes, and when two gifts are one."""

from collections.abc import Hashable, Iterable, Iterator

from flask_babel import lazy_gettext as _

from tomoiki.core.fields import Field
from tomoiki.core.ledgers import Ledger, Row, Values, register, register_words, squeezed
from tomoiki.core.money import format_yen
from tomoiki.core.names import company_core
from tomoiki.money import words
from tomoiki.money.lists import DonationKind, DonorKind, PaymentMethod
from tomoiki.money.models import GENERAL, Donation, Donor
from tomoiki.organisations.ledger import company_key

IMPORTABLE = (
    "ledger_no", "received_on", "donor.name", "donor.name_kana", "donor.kind", "amount", "fee", "net", "method",
    "fund", "kind", "campaign", "donor.corporate_number", "donor.postal_code", "donor.address", "donor.phone",
    "donor.email", "in_kind_desc", "in_kind_value", "is_consideration", "gateway", "gateway_txn", "memo",
    "donor", "refund_of",
)  # fmt: skip

_NAME = (
    "寄付者名",
    "寄附者名",
    "寄付者",
    "寄附者",
    "お名前",
    "氏名",
    "名前",
    "ご芳名",
    "支援者名",
    "Tên nhà hảo tâm",
    "Donor",
)
_KANA = ("フリガナ", "ふりがな", "カナ", "ヨミ", "よみ", "氏名カナ", "寄付者カナ", "寄附者カナ")
_ADDRESSES = {
    "corporate_number": ("法人番号",),
    "postal_code": ("郵便番号", "〒"),
    "address": ("住所", "所在地", "ご住所"),
    "phone": ("電話", "電話番号", "TEL"),
    "email": ("メール", "メールアドレス", "Eメール", "E-mail", "Email"),
}

HEADERS: dict[str, tuple[str, ...]] = {
    "ledger_no": ("受付番号", "番号", "No", "No.", "№", "寄付番号", "寄附番号",
        "管理番号", "領収書番号", "伝票番号", "台帳番号"),
    "received_on": ("受領日", "日付", "入金日", "寄付日", "寄附日", "受付日", "年月日", "受入日", "Ngày nhận", "Date"),
    "donor.name": _NAME,
    "donor.name_kana": _KANA,
    "donor.kind": ("区分", "種別", "寄付者区分", "寄附者区分", "個人・法人", "個人/法人"),
    "amount": ("金額", "寄付金額", "寄附金額", "寄付額", "寄附額", "受領額", "Số tiền", "Amount"),
    "fee": ("手数料", "決済手数料", "振込手数料", "Phí"),
    "net": ("入金額", "差引額", "差引", "純額", "手取額", "手取り", "実入金額", "振込額"),
    "method": ("方法", "支払方法", "決済方法", "入金方法", "寄付方法", "寄附方法", "受領方法", "Phương thức"),
    "fund": ("基金", "財源", "使途", "指定先"),
    "kind": ("収入区分", "収入の種類", "科目"),
    "campaign": ("キャンペーン", "プロジェクト", "企画"),
    "in_kind_desc": ("現物の内容", "品名", "物品"),
    "memo": ("備考", "メモ", "摘要", "連絡事項", "Ghi chú"),
    **{f"donor.{name}": headers for name, headers in _ADDRESSES.items()},
}  # fmt: skip

DONOR_HEADERS: dict[str, tuple[str, ...]] = {
    "name": (*_NAME, "名称"),
    "name_kana": _KANA,
    "kind": HEADERS["donor.kind"],
    **_ADDRESSES,
}

_NOBODY = frozenset(squeezed(word) for word in words.NOBODY)


def _whose(values: Values) -> str:
    return company_key(values["donor.name"]) if values.get("donor.name") else ""


def _rough(values: Values) -> Iterator[tuple[Hashable, ...]]:
    if values.get("received_on") and values.get("amount"):
        yield values["received_on"], values["amount"]


def _certain(values: Values) -> Iterable[Hashable]:
    if values.get("ledger_no"):
        yield from ((values["ledger_no"], *key, _whose(values)) for key in _rough(values))


def _probable(values: Values) -> Iterable[Hashable]:
    if donor := _whose(values):
        yield from ((*key, donor) for key in _rough(values))


def _complete(row: Row, at: str) -> None:
    """Read what a ledger says of the giver and of the bank's line."""
    values, name = row.values, row.values.get(f"{at}donor.name")
    if name and squeezed(name) in _NOBODY:
        row.remark(f"{at}donor.name", _("An anonymous gift: no donor is made for it."))
        for path in [path for path in values if path.startswith(f"{at}donor.")]:
            del values[path]
    elif not name and f"{at}donor" not in values:
        row.remark(f"{at}donor.name", _("The donor is not named. The gift is kept without one."))
        _keep_what_is_known(row, f"{at}donor.")
    elif name and company_core(name).mark:
        values.setdefault(f"{at}donor.kind", DonorKind.company)
    net = values.pop(f"{at}net", None)
    amount, fee = values.get(f"{at}amount"), values.get(f"{at}fee") or 0
    if net is not None and amount is not None and amount - fee != net:
        row.remark(
            f"{at}net",
            _("Amount less fee is %(right)s. Amount and fee are taken.", right=format_yen(amount - fee)),
        )


def _keep_what_is_known(row: Row, prefix: str) -> None:
    """A gift without a name may still tell an address: a donor cannot be made of it, a note can."""
    for path in [path for path in row.values if path.startswith(prefix)]:
        value = row.values.pop(path)
        if isinstance(value, str) and not isinstance(value, DonorKind):
            row.notes.append((path.rpartition(".")[2], value))


def _donor_rough(values: Values) -> Iterable[Hashable]:
    if values.get("name"):
        yield company_key(values["name"])
    yield from (values[name] for name in ("corporate_number", "email") if values.get(name))


def _donor_certain(values: Values) -> Iterable[Hashable]:
    if values.get("corporate_number"):
        yield values["corporate_number"]


def _donor_finds(values: Values) -> Iterable[Hashable]:
    yield from _donor_certain(values)
    if values.get("name"):
        yield company_key(values["name"])


def _donor_probable(values: Values) -> Iterable[Hashable]:
    """The same name and one way to reach her (DOMAIN 6.1.7), or the same e-mail."""
    if values.get("name"):
        told_by = ("postal_code", "phone", "email")
        yield from ((company_key(values["name"]), values[field]) for field in told_by if values.get(field))
    if values.get("email"):
        yield values["email"]


register_words(PaymentMethod, words.METHOD)
register_words(DonorKind, words.DONOR_KIND)
register_words(DonationKind, words.KIND)
register(
    Donation,
    Ledger(
        rough_fields=("received_on", "amount"),
        rough=_rough,
        key_paths=("ledger_no", "donor.name"),
        certain=_certain,
        probable=_probable,
        why_certain=_("The same number, day, amount and donor."),
        why_probable=_("The same day, amount and donor under another number."),
        fills={"fund": GENERAL},
        extras={"net": Field(_("Net"), unit="JPY", kind="yen")},
        vital=(("amount",),),
        note="memo",
        complete=_complete,
    ),
)
register(
    Donor,
    Ledger(
        rough_fields=("name", "corporate_number", "email"),
        rough=_donor_rough,
        key_paths=("postal_code", "phone"),
        certain=_donor_certain,
        probable=_donor_probable,
        finds=_donor_finds,
        apart="corporate_number",
        why_certain=_("The same corporate number."),
        why_probable=_("The same name and address, phone or e-mail."),
        vital=(("name",),),
        note="",
    ),
)
