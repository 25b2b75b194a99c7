"""Names nobody bears: given names and companies are words such as "cloud" or "lamp", put together by chance.

Numbers are of kinds that are not given out: telephones 0X0-0000-xxxx, mail at example.jp,
法人番号 of a registry office 9999, residence cards AA0000nnnnAA.
"""

from dataclasses import dataclass
from random import Random

from tomoiki.core.identifiers import corporate_check_digit
from tomoiki.core.names import name_card

Word = tuple[str, str]  # as written, in katakana

FAMILIES: tuple[Word, ...] = (
    ("Nguyễn", "グエン"),
    ("Trần", "チャン"),
    ("Lê", "レ"),
    ("Phạm", "ファム"),
    ("Hoàng", "ホアン"),
    ("Phan", "ファン"),
    ("Vũ", "ヴー"),
    ("Đặng", "ダン"),
    ("Bùi", "ブイ"),
    ("Đỗ", "ドー"),
    ("Hồ", "ホー"),
    ("Ngô", "ゴー"),
    ("Dương", "ズオン"),
)
FAMILY_WEIGHTS = (38, 11, 9, 7, 5, 5, 4, 3, 3, 3, 2, 2, 2)
MIDDLES: dict[str, tuple[Word, ...]] = {
    "female": (("Thị", "ティ"), ("Thị Ngọc", "ティ・ゴック"), ("Thùy", "トゥイ"), ("Bích", "ビック")),
    "male": (("Văn", "ヴァン"), ("Đức", "ドゥック"), ("Hữu", "ヒュー"), ("Quang", "クアン")),
}
GIVENS: dict[str, tuple[Word, ...]] = {
    "female": (
        ("Mây", "マイ"),
        ("Nắng", "ナン"),
        ("Lúa", "ルア"),
        ("Sen", "セン"),
        ("Sương", "スオン"),
        ("Vải", "ヴァイ"),
        ("Mận", "マン"),
        ("Bưởi", "ブオイ"),
        ("Suối", "スオイ"),
        ("Hạt", "ハット"),
        ("Lụa", "ルア"),
        ("Khăn", "カン"),
    ),
    "male": (
        ("Núi", "ヌイ"),
        ("Biển", "ビエン"),
        ("Đèn", "デン"),
        ("Bút", "ブット"),
        ("Sông", "ソン"),
        ("Thuyền", "トゥエン"),
        ("Trống", "チョン"),
        ("Cọ", "コー"),
        ("Gỗ", "ゴー"),
        ("Ruộng", "ルオン"),
        ("Buồm", "ブオム"),
        ("Đá", "ダー"),
    ),
}
SURNAMES: tuple[Word, ...] = (
    ("見本", "ミホン"),
    ("架空", "カクウ"),
    ("作野", "サクノ"),
    ("仮谷", "カリヤ"),
    ("例川", "レイカワ"),
    ("試見", "タメミ"),
    ("空木田", "ウツギダ"),
    ("灯野", "アカリノ"),
    ("橋詰野", "ハシヅメノ"),
    ("実里本", "ミザトモト"),
    ("稲音", "イナネ"),
)
FIRST_NAMES: tuple[Word, ...] = (
    ("花子", "ハナコ"),
    ("太郎", "タロウ"),
    ("ひかり", "ヒカリ"),
    ("みのる", "ミノル"),
    ("こずえ", "コズエ"),
    ("つむぎ", "ツムギ"),
    ("いずみ", "イズミ"),
    ("わたる", "ワタル"),
    ("かなえ", "カナエ"),
    ("すすむ", "ススム"),
    ("あさひ", "アサヒ"),
    ("しおり", "シオリ"),
)
PROVINCES = (
    "Nghệ An",
    "Hà Tĩnh",
    "Thanh Hóa",
    "Hải Dương",
    "Hải Phòng",
    "Bắc Giang",
    "Phú Thọ",
    "Quảng Bình",
    "Huế",
    "Đà Nẵng",
    "Đắk Lắk",
    "Cần Thơ",
    "Hà Nội",
)
CITIES = (  # prefecture, city, first digits of its postal codes; weighted by place in the list
    ("13", "江東区", "135"),
    ("13", "足立区", "120"),
    ("11", "川口市", "332"),
    ("10", "太田市", "373"),
    ("23", "豊田市", "471"),
    ("12", "船橋市", "273"),
    ("14", "綾瀬市", "252"),
    ("08", "八千代町", "300"),
    ("21", "各務原市", "504"),
    ("22", "浜松市", "430"),
    ("27", "東大阪市", "577"),
    ("34", "福山市", "720"),
    ("24", "津市", "514"),
    ("09", "小山市", "323"),
    ("40", "福岡市", "810"),
    ("04", "石巻市", "986"),
)
QUARTERS = ("みらい台", "ほたる野", "わかば町", "なぎさ丘", "つばめ通")
HOUSES = ("見本荘", "コーポ架空", "第二ともり寮", "ハイツみほん", "社員寮")
COMPANY_WORDS: tuple[Word, ...] = (
    ("そらまめ", "ソラマメ"),
    ("みずかがみ", "ミズカガミ"),
    ("ほしくず", "ホシクズ"),
    ("こもれび坂", "コモレビザカ"),
    ("かざみどり", "カザミドリ"),
    ("ゆきわり", "ユキワリ"),
    ("あめつち庵", "アメツチアン"),
    ("つきのわ岬", "ツキノワミサキ"),
    ("はなうた", "ハナウタ"),
    ("いとでんわ", "イトデンワ"),
    ("とんぼだま", "トンボダマ"),
    ("なないろ峠", "ナナイロトウゲ"),
)
TRADES: tuple[tuple[str, str, str, str], ...] = (  # industry, field of specified skills, words, katakana
    ("construction", "construction", "建設", "ケンセツ"),
    ("food", "food_mfg", "食品", "ショクヒン"),
    ("metal", "manufacturing", "金属", "キンゾク"),
    ("care", "care", "ケアサービス", "ケアサービス"),
    ("agriculture", "agriculture", "農園", "ノウエン"),
    ("sewing", "manufacturing", "縫製", "ホウセイ"),
    ("cleaning", "building_cleaning", "クリーン", "クリーン"),
    ("automobile", "auto_repair", "自動車", "ジドウシャ"),
    ("restaurant", "food_service", "フーズ", "フーズ"),
    ("shipbuilding", "shipbuilding", "造船", "ゾウセン"),
    ("accommodation", "hotel", "旅館", "リョカン"),
    ("electronics", "manufacturing", "電子", "デンシ"),
)


@dataclass(frozen=True)
class VietnameseName:
    """A name in the spellings that a person record keeps."""

    family: str
    middle: str
    given: str
    kana: str

    @property
    def full(self) -> str:
        """Return it with its marks, family name first."""
        return f"{self.family} {self.middle} {self.given}"

    @property
    def card(self) -> str:
        """Return it as the residence card prints it."""
        return name_card(self.full)


def vietnamese_name(rng: Random, gender: str) -> VietnameseName:
    """Return a made-up Vietnamese name."""
    family = rng.choices(FAMILIES, FAMILY_WEIGHTS)[0]
    middle, given = rng.choice(MIDDLES[gender]), rng.choice(GIVENS[gender])
    return VietnameseName(family[0], middle[0], given[0], "・".join((family[1], middle[1], given[1])))


def japanese_name(rng: Random) -> Word:
    """Return a made-up Japanese name and its katakana."""
    surname, first = rng.choice(SURNAMES), rng.choice(FIRST_NAMES)
    return f"{surname[0]} {first[0]}", f"{surname[1]} {first[1]}"


def company_word(at: int, uses: int = 1) -> Word:
    """Return the name of a company; when each word has been used so often, they come with a number."""
    word, kana = COMPANY_WORDS[at % len(COMPANY_WORDS)]
    lap = at // (len(COMPANY_WORDS) * uses)
    return (f"{word}{lap + 1}号", f"{kana}{lap + 1}ゴウ") if lap else (word, kana)


def mobile(at: int) -> str:
    """Return the mobile number with this number: 090-0000-0000 and on, then 080, 070."""
    return f"+81{(90, 80, 70)[at // 10_000 % 3]}0000{at % 10_000:04d}"


def landline(at: int) -> str:
    """Return a Tokyo telephone number of an exchange that does not exist."""
    return f"+8130000{at % 10_000:04d}"


def vietnamese_mobile(at: int) -> str:
    """Return a number in Viet Nam."""
    return f"+8490000{at % 10_000:04d}"


def corporate_number(at: int) -> str:
    """Return a 法人番号 of a registry office that does not exist; its check digit is right."""
    base = f"9999{at:08d}"
    return corporate_check_digit(base) + base


def residence_card(at: int) -> str:
    """Return a residence card number; the last letters go on when the digits are used up."""
    lap = at // 10_000
    return f"AA0000{at % 10_000:04d}{chr(65 + lap // 26 % 26)}{chr(65 + lap % 26)}"


def address(rng: Random) -> dict[str, str]:
    """Return prefecture, city, address and postal code that belong together."""
    weights = range(len(CITIES), 0, -1)
    pref, city, area = rng.choices(CITIES, weights)[0]
    street = f"{city}{rng.choice(QUARTERS)}{rng.randint(1, 6)}-{rng.randint(1, 20)}-{rng.randint(1, 30)}"
    return {"pref": pref, "city": city, "address": street, "postal_code": f"{area}00{rng.randint(1, 99):02d}"}
