"""Lists of people: their header words, their words for codes, and when two rows are the same person."""

from collections.abc import Hashable, Iterable

from flask_babel import lazy_gettext as _

from tomoiki.core import formats
from tomoiki.core.fields import Field
from tomoiki.core.ledgers import Ledger, Row, Values, register, register_words
from tomoiki.core.lists import Language, Nationality
from tomoiki.core.names import name_key
from tomoiki.people import words
from tomoiki.people.lists import ConsentException, Gender, ResidenceStatusCode, Situation, SswField
from tomoiki.people.models import Person

IMPORTABLE = (
    "full_name_vi", "name_card", "name_kana", "name_used", "birth_date", "birth_year", "gender",
    "nationality", "residence_card_no", "passport_no", "residence_status.status",
    "residence_status.ssw_field", "residence_status.granted_on", "residence_status.expires_on",
    "phone", "phone_jp", "phone_vn", "email", "facebook", "zalo", "line_id", "postal_code", "pref", "city",
    "address", "hometown_province", "preferred_lang", "japanese_level", "emergency_contact",
    "safe_contact", "consent_at", "consent_exception", "consent_scope", "family_name", "middle_name",
    "given_name",
)  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "full_name_vi": (
        "氏名", "氏名(ローマ字)", "名前", "お名前", "ベトナム語氏名", "本人", "本人氏名",
        "相談者", "相談者名", "相談者氏名",
        "対象者", "対象者名", "Họ tên", "Họ và tên", "Name",
    ),
    "name_card": ("在留カードの氏名", "在留カード氏名", "カード氏名", "ローマ字", "アルファベット氏名"),
    "name_kana": ("フリガナ", "ふりがな", "カナ", "カタカナ", "氏名カナ", "ヨミ", "読み"),
    "name_used": ("呼び名", "通称", "ニックネーム", "Tên thường gọi"),
    "birth_date": ("生年月日", "誕生日", "Ngày sinh"),
    "birth_year": ("生年", "生まれ年", "Năm sinh"),
    "gender": ("性別", "Giới tính"),
    "nationality": ("国籍", "国籍・地域", "Quốc tịch"),
    "residence_card_no": ("在留カード番号", "在留カード", "カード番号", "在留カードNo", "Số thẻ cư trú"),
    "passport_no": ("旅券番号", "パスポート番号", "Số hộ chiếu"),
    "residence_status.status": ("在留資格", "資格", "ビザ", "ビザの種類", "在留資格の種類", "Tư cách lưu trú", "Visa"),
    "residence_status.ssw_field": ("特定産業分野", "分野"),
    "residence_status.granted_on": ("許可日", "許可年月日"),
    "residence_status.expires_on": (
        "在留期限", "在留期間満了日", "満了日", "期限", "ビザ期限", "在留カード期限", "有効期限", "Hạn lưu trú",
    ),
    "phone": (
        "電話", "電話番号", "TEL", "携帯", "携帯電話", "携帯番号", "連絡先", "連絡先電話", "連絡先電話番号",
        "Điện thoại", "SĐT", "Số điện thoại", "Phone",
    ),
    "phone_jp": ("電話(日本)",),
    "phone_vn": ("電話(ベトナム)", "ベトナム電話", "本国電話"),
    "email": ("メール", "メールアドレス", "Eメール", "E-mail", "Mail"),
    "facebook": ("Facebook", "FB"),
    "zalo": ("Zalo",),
    "line_id": ("LINE", "LINE ID"),
    "postal_code": ("郵便番号", "〒", "Mã bưu điện"),
    "pref": ("都道府県", "Tỉnh thành"),
    "city": ("市区町村",),
    "address": ("住所", "現住所", "Địa chỉ"),
    "hometown_province": ("出身省", "出身地", "Quê quán"),
    "preferred_lang": ("言語", "希望言語", "Ngôn ngữ"),
    "japanese_level": ("日本語レベル", "日本語能力"),
    "emergency_contact": ("緊急連絡先",),
}  # fmt: skip

_NAMES = ("full_name_vi", "name_card", "name_used")


def _names(values: Values) -> set[str]:
    return {name_key(values[name]) for name in _NAMES if values.get(name)}


def _rough(values: Values) -> Iterable[Hashable]:
    yield from _names(values)
    if values.get("birth_date"):
        yield values["birth_date"]


def _certain(values: Values) -> Iterable[Hashable]:
    """The same card, and the same folded name or birth date: a number alone may be mistyped."""
    if card := values.get("residence_card_no"):
        yield from ((card, key) for key in _rough(values))


def _finds(values: Values) -> Iterable[Hashable]:
    """The same name in any order of its words, and the same birth date, phone or e-mail: namesakes differ in these."""
    yield from _certain(values)
    names = {" ".join(sorted(name.split())) for name in _names(values)}
    for told_by in ("birth_date", "phone_jp", "phone_vn", "email"):
        if values.get(told_by):
            yield from ((name, values[told_by]) for name in names)


def _probable(values: Values) -> Iterable[Hashable]:
    if values.get("birth_date") and values.get("phone_jp"):
        yield from ((name, values["birth_date"], values["phone_jp"]) for name in _names(values))


def _complete(row: Row, at: str) -> None:
    """A column that says only "phone" holds numbers of both countries; the number tells."""
    number = row.values.pop(f"{at}phone", None)
    if number:
        row.values.setdefault(f"{at}phone_vn" if number.startswith("+84") else f"{at}phone_jp", number)


for _choices, _known in (
    (Gender, words.GENDER),
    (Nationality, words.NATIONALITY),
    (Language, words.LANGUAGE),
    (SswField, words.SSW_FIELD),
    (Situation, words.SITUATION),
    (ResidenceStatusCode, words.RESIDENCE_STATUS),
):
    register_words(_choices, _known)

register(
    Person,
    Ledger(
        rough_fields=(*_NAMES, "birth_date"),
        rough=_rough,
        key_paths=("residence_card_no", "phone_jp", "phone_vn", "email"),
        certain=_certain,
        probable=_probable,
        finds=_finds,
        shows_finds=True,
        apart="residence_card_no",
        why_certain=_("The same residence card number."),
        why_probable=_("The same name, birth date and phone."),
        extras={"phone": Field(_("Phone"), personal=True, format=formats.PHONE)},
        vital=(_NAMES,),
        complete=_complete,
        fills={"consent_exception": ConsentException.legacy},  # DOMAIN 10.1: an old list asked nobody
    ),
)
