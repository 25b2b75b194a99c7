"""Lists of companies: their header words, their words for codes, and when two rows are the same company."""

from collections.abc import Hashable, Iterable

from flask_babel import lazy_gettext as _

from tomoiki.core.ledgers import Ledger, Values, register, register_words, squeezed
from tomoiki.core.names import company_core
from tomoiki.organisations import words
from tomoiki.organisations.models import Industry, Organisation, OrganisationRole

IMPORTABLE = (
    "name", "name_kana", "corporate_number", "roles", "license_no", "industry", "pref", "postal_code",
    "address", "phone", "contact_name", "contact_email", "note",
)  # fmt: skip

NAMES = (
    "会社名", "企業名", "勤務先", "社名", "法人名", "会社", "企業", "事業所", "事業所名", "受入企業", "実習先",
    "受入機関", "所属機関", "Tên công ty", "Công ty", "Company",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("名称", "団体名", *NAMES),
    "name_kana": ("フリガナ", "カナ", "会社名カナ", "ヨミ"),
    "corporate_number": ("法人番号", "インボイス番号", "登録番号", "Mã số pháp nhân"),
    "roles": ("区分", "役割", "Vai trò"),
    "license_no": ("許可番号", "登録・許可番号"),
    "industry": ("業種", "分野", "Ngành"),
    "pref": ("都道府県",),
    "postal_code": ("郵便番号", "〒"),
    "address": ("所在地", "住所", "本社所在地", "Địa chỉ"),
    "phone": ("電話", "電話番号", "TEL", "代表電話", "Điện thoại"),
    "contact_name": ("担当者", "担当者名", "ご担当者", "Người liên hệ"),
    "contact_email": ("メール", "メールアドレス", "E-mail", "担当者メール"),
    "note": ("備考", "メモ", "Ghi chú"),
}


def _core(values: Values) -> str:
    return squeezed(company_core(values["name"]).core) if values.get("name") else ""


def company_key(name: str) -> str:
    """Equal for ㈱見本, （株）見本 and 株式会社見本, and not for 有限会社見本."""
    parts = company_core(name)
    return squeezed(parts.mark + parts.core)


def _finds(values: Values) -> Iterable[Hashable]:
    yield from _certain(values)
    if values.get("name"):
        yield company_key(values["name"])


def _rough(values: Values) -> Iterable[Hashable]:
    yield from (key for key in (values.get("corporate_number"), _core(values)) if key)


def _certain(values: Values) -> Iterable[Hashable]:
    if values.get("corporate_number"):
        yield values["corporate_number"]


def _probable(values: Values) -> Iterable[Hashable]:
    """The same name without 株式会社 and the like; two 法人番号 keep namesakes apart (`apart`)."""
    if _core(values):
        yield _core(values)


register_words(Industry, words.INDUSTRY)
register_words(OrganisationRole, words.ROLE)
register(
    Organisation,
    Ledger(
        rough_fields=("name", "corporate_number"),
        rough=_rough,
        certain=_certain,
        probable=_probable,
        finds=_finds,
        vital=(("name",),),
        apart="corporate_number",
        why_certain=_("The same corporate number."),
        why_probable=_("The same name, and not two corporate numbers."),
    ),
)
