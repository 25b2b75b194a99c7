"""What the rows of a sheet are, told from their shape: titles, header, data, sections, totals, the year."""

import pytest

from tomoiki.core.layout import Choice, find_year, lay_out
from tomoiki.core.tables import Grid, Merge, Sheet, SheetRow, SheetYear

FOUND = Choice()
KNOWN = {"氏名", "日付", "金額", "電話", "担当"}


def laid(*rows: str, merges: tuple[Merge, ...] = (), choice: Choice = FOUND, name: str = "") -> Sheet:
    found = [
        SheetRow(number, tuple(row.split(","))) for number, row in enumerate(rows, start=1) if row.strip(",")
    ]
    return lay_out(Grid(name, found, merges, is_workbook=True), lambda word: word.strip() in KNOWN, choice)


def values(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.values for row in sheet.rows]


def test_the_header_stands_below_titles() -> None:
    sheet = laid("寄付台帳　2021年度,,", ",,作成：事務局", ",,", "氏名,日付,金額", "見本,5/1,100")

    assert (sheet.header_row, sheet.header) == (4, ("氏名", "日付", "金額"))
    assert (sheet.year, [one.row for one in sheet.left_out]) == (SheetYear(2021), [1, 2])


def test_a_header_that_a_person_chose_is_taken() -> None:
    sheet = laid("氏名,日付,金額", "なまえ,ひ,おかね", "見本,5/1,100", choice=Choice(header_row=2))

    assert (sheet.header, len(sheet.rows)) == (("なまえ", "ひ", "おかね"), 1)


def test_a_header_of_two_rows_is_joined() -> None:
    merges = (Merge(1, 2, 0, 0), Merge(1, 1, 1, 2))
    sheet = laid("氏名,連絡,", ",電話,担当", "見本,1,2", merges=merges)

    assert (sheet.header, values(sheet)) == (("氏名", "電話", "担当"), [("見本", "1", "2")])


@pytest.mark.parametrize(
    "row",
    ["■ 5月,,", "【4月】,,", "2021年5月,,", "5月分,,", "第1四半期,,", "※返金を含みます,,", "注）税込,,"],
)
def test_a_section_or_note_is_no_data(row: str) -> None:
    assert values(laid("氏名,日付,金額", row, "見本,5/1,100")) == [("見本", "5/1", "100")]


@pytest.mark.parametrize(
    "row",
    [
        "合計,,300",
        "小　計,,300",
        "5月計,,300",
        "合計（2件）,,300",
        ",総合計,300",
        "Total,2件,300",
        "Tổng cộng,,300",
        "計:,,300円",
    ],
)
def test_a_total_is_no_data(row: str) -> None:
    assert values(laid("氏名,日付,金額", "見本,5/1,100", row)) == [("見本", "5/1", "100")]


@pytest.mark.parametrize(
    "row", ["見本 花子,,", "合計 花子,5/1,100", ",,100", "会計事務所,5/1,100", "計,見本,100"]
)
def test_a_row_that_may_be_data_is_data(row: str) -> None:
    assert values(laid("氏名,日付,金額", row)) == [tuple(row.split(","))]


def test_a_header_that_is_repeated_on_each_page_is_no_data() -> None:
    assert len(laid("氏名,日付,金額", "見本,5/1,100", "氏名,日付,金額", "架空,5/2,200").rows) == 2


def test_a_merged_cell_counts_for_all_its_rows() -> None:
    sheet = laid("氏名,担当", "あ,見本", "い,", ",", "う,", merges=(Merge(2, 5, 1, 1),))

    assert values(sheet) == [("あ", "見本"), ("い", "見本"), ("う", "見本")]


def test_a_wide_merged_cell_is_a_section() -> None:
    assert values(laid("氏名,日付,金額", "春の部,,", "見本,5/1,100", merges=(Merge(2, 2, 0, 2),))) == [
        ("見本", "5/1", "100")
    ]


def test_ditto_marks_stand_for_the_cell_above() -> None:
    assert values(laid("氏名,担当", "あ,見本", "い,〃", "う,同上"))[-1] == ("う", "見本")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2021年度", SheetYear(2021)),
        ("相談台帳２０２１年度", SheetYear(2021)),
        ("令和3年度", SheetYear(2021)),
        ("R3年度", SheetYear(2021)),
        ("平成31年度", SheetYear(2019)),
        ("令和元年度", SheetYear(2019)),
        ("FY2021", SheetYear(2021)),
        ("2021年4月〜 2021年度", SheetYear(2021)),
        ("2021年", SheetYear(2021, is_fiscal=False)),
        ("名簿", None),
        ("4月", None),
    ],
)
def test_the_year_is_read_from_names_and_titles(text: str, year: SheetYear | None) -> None:
    assert find_year(text) == year


def test_the_year_that_a_person_chose_goes_first() -> None:
    choice = Choice(year=SheetYear(2019))

    assert laid("氏名,日付", "見本,5/1", choice=choice, name="2021年度").year == SheetYear(2019)
