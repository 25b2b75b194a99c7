"""Names of people and of companies."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomoiki.core.names import CompanyName, company_core, name_card, name_key, read_name, split_name
from tomoiki.core.reading import BadInput

SAMPLES = Path(__file__).parents[1] / "samples"
COMPANIES = json.loads((SAMPLES / "companies.expected.json").read_text(encoding="utf-8"))["rows"]
VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệớờởỡợứừửữự AĐƯƠ'-", min_size=1, max_size=80)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Nguyễn Văn Anh", "Nguyễn Văn Anh"),
        (unicodedata.normalize("NFD", "Nguyễn Văn Anh"), "Nguyễn Văn Anh"),
        ("Nguyen  van　anh", "Nguyen van anh"),
        ("\xa0Tran\xa0Van ", "Tran Van"),
        ("ＤＡＮＧ　ＢＡＯ", "DANG BAO"),
        ("ｳﾞｫｰ ﾐﾝ", "ヴォー ミン"),
        ("Mary-Jane O'Hara", "Mary-Jane O'Hara"),
        ("Suharto", "Suharto"),
        ("髙見本　恵", "髙見本 恵"),
        ("㈱見本建設", "㈱見本建設"),
        ("SAMPLE MAUNG DEMO S0", "SAMPLE MAUNG DEMO S0"),
        ("○○", "○○"),
        ("a" * 80, "a" * 80),
    ],
)
def test_a_name_is_stored_clean(typed: str, stored: str) -> None:
    assert read_name(typed).value == stored


@pytest.mark.parametrize(
    "typed", ["", " 　", "12345", "１２３", "--", "Nguyen\x07", "Nguyen\x00Van", "a" * 81]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_name(typed)


@given(st.text())
def test_a_name_is_read_or_refused(text: str) -> None:
    try:
        name = read_name(text).value
    except BadInput:
        return
    assert read_name(name).value == name


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Nguyễn Văn Anh", ("Nguyễn", "Văn", "Anh")),
        ("Nguyễn  Thị Ngọc　Anh", ("Nguyễn", "Thị Ngọc", "Anh")),
        ("Lê Anh", ("Lê", "", "Anh")),
        ("Suharto", ("", "", "Suharto")),
    ],
)
def test_a_full_name_is_split_in_vietnamese_order(full: str, parts: tuple[str, str, str]) -> None:
    assert split_name(full) == parts


@pytest.mark.parametrize(
    ("full", "card"),
    [
        ("Nguyễn Văn Anh", "NGUYEN VAN ANH"),
        ("Đặng  Thị Hương", "DANG THI HUONG"),
        ("Mary-Jane O’Hara", "MARY JANE OHARA"),
        ("見本 花子", ""),
    ],
)
def test_a_card_bears_plain_capitals(full: str, card: str) -> None:
    assert name_card(full) == card


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nguyễn Văn Anh", "NGUYEN VAN ANH"),
        (unicodedata.normalize("NFD", "Nguyễn Văn Anh"), "NGUYEN VAN ANH"),
        ("ĐẶNG THỊ HƯƠNG", "DANG THI HUONG"),
        ("Nguyen  van　anh", "NGUYEN VAN ANH"),
        ("NGUYỄN VĂN ÁNH", "NGUYEN VAN ANH"),
        ("グエン・ヴァン・アイン", "グエンヴアンアイン"),
        ("ｸﾞｴﾝ ｳﾞｧﾝ", "グエン ヴアン"),
        ("ぐえん　ゔぁん", "グエン ヴアン"),
        ("ズオン・ヒュー", "ズオンヒユ"),
        ("見本 花子", "見本 花子"),
    ],
)
def test_a_key_does_not_see_how_a_name_is_written(name: str, key: str) -> None:
    assert name_key(name) == key


@given(VIETNAMESE)
def test_a_key_is_the_same_for_both_encodings_and_any_case(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name.upper())

    assert name_key(decomposed) == name_key(name)


@given(VIETNAMESE)
def test_a_card_name_has_the_key_of_its_name(name: str) -> None:
    assert name_key(name_card(name)).replace(" ", "") == name_key(name).replace(" ", "")


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize("row", COMPANIES, ids=lambda row: str(row["row"]))
def test_the_companies_of_the_sample_are_parted(row: dict[str, str]) -> None:
    assert company_core(row["name"]) == CompanyName(row["kind"], row["core_name"])


@pytest.mark.parametrize(
    ("name", "mark", "core"),
    [
        ("見本工業　株式会社", "株式会社", "見本工業"),
        ("㈱　見本", "株式会社", "見本"),
        ("㍿見本", "株式会社", "見本"),
        ("（有）見本", "有限会社", "見本"),
        ("見本合名会社", "合名会社", "見本"),
        ("(資)見本", "合資会社", "見本"),
        ("一般社団法人見本会", "一般社団法人", "見本会"),
        ("（公財）見本財団", "公益財団法人", "見本財団"),
        ("見本公益社団法人", "公益社団法人", "見本"),
        ("医療法人社団 見本会", "医療法人社団", "見本会"),
        ("医療法人見本会", "医療法人", "見本会"),
        ("学校法人見本学園", "学校法人", "見本学園"),
        ("ＮＰＯ法人見本", "特定非営利活動法人", "見本"),
        ("見本事業協同組合", "事業協同組合", "見本"),
        ("ＡＢＣ Ｊａｐａｎ㈱", "株式会社", "ABC Japan"),
        ("見本商店", "", "見本商店"),
        ("株式会社", "", "株式会社"),
        ("", "", ""),
    ],
)
def test_the_kind_of_company_is_parted_from_the_name(name: str, mark: str, core: str) -> None:
    assert company_core(name) == CompanyName(mark, core)
