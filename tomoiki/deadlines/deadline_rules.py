"""The rules of DOMAIN 5.2 as the office starts with them: numbers, labels, sources; the law changes, so all is editable.

Pure data, imported by the migration that seeds it: a column may be added later, none of these keys is renamed.
`calc` names the arithmetic; where it needs a second number (twins, a repeated appeal) that is `second_length`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Rule:
    """One row of deadline_rule."""

    code: str
    label_ja: str
    label_vi: str
    label_en: str
    trigger_field: str
    calc: str
    unit: str
    length: int
    lead_days: str | None
    source: str
    caveat: str
    holiday_rule: str = "none"
    mandatory: bool = False
    count_first_day: bool = False
    second_length: int | None = None


def seed_rows() -> Iterator[dict[str, Any]]:
    """Yield every rule as a row, in the order of DOMAIN 5.2."""
    for rule in RULES:
        yield {field.name: getattr(rule, field.name) for field in fields(rule)}


def _days(length: int, *lead: int, **more: Any) -> dict[str, Any]:
    return _period("day", length, lead, more)


def _months(length: int, *lead: int, **more: Any) -> dict[str, Any]:
    return _period("month", length, lead, more)


def _period(unit: str, length: int, lead: tuple[int, ...], more: dict[str, Any]) -> dict[str, Any]:
    numbers = {"unit": unit, "length": length, "lead_days": ", ".join(map(str, lead)) or None}
    return {"calc": "period"} | numbers | more


OPEN: dict[str, Any] = {"holiday_rule": "next_open"}
MUST: dict[str, Any] = {"mandatory": True}
OPEN_MUST = OPEN | MUST
BY_A_YEAR = (365, 180, 90)

RESIDENCE = (
    Rule(
        "stay_expiry", "在留期限", "Hạn lưu trú", "Expiry of stay", "expires_on",
        **_days(0, 90, 60, 30, 14, 7, 3, 1, calc="date", **MUST),
        source="入管法2条の2、20条、21条",
        caveat="在留期間が6か月以上なら、おおむね3か月前から申請できる。満了日が閉庁日なら翌開庁日まで窓口で受け付けられるが、"
        "不法残留は印字された日で判断される。オンライン申請は満了日当日にはできない。繰り越した日を「期限」として示さないこと。",
    ),
    Rule(
        "renew_open", "更新申請開始", "Có thể nộp gia hạn", "Renewal opens", "expires_on",
        **_months(3, 0, calc="months_before"),
        source="出入国在留管理庁（おおむね3か月前）", caveat="お知らせのみ。",
    ),
    Rule(
        "special_period", "特例期間の終わり", "Hết thời gian đặc lệ", "End of the special period", "expires_on",
        **_months(2, 30, 14, 7, 3, 1, calc="special_period", **MUST),
        source="入管法20条6項、21条4項（項番号は要確認）",
        caveat="30日以下の在留期間には適用されない。従前どおり就労できるが、新たな資格外活動は不可。"
        "満了後の不許可は通常、特定活動（出国準備）30日または31日となる。結果が先に出ればその日に終わる。",
    ),
    Rule(
        "activity_org", "所属（活動）機関の届出", "Khai báo cơ quan trực thuộc", "Notice of the activity organisation",
        "left_on, joined_on", **_days(14, 7, 3, 1, **OPEN_MUST),
        source="入管法19条の16第1号",
        caveat="教授、高度専門職1号ハ・2号ハ、経営・管理、法律・会計業務、医療、教育、企業内転勤、技能実習、留学、研修、育成就労。"
        "離脱と移籍のどちらも届け出る。",
    ),
    Rule(
        "contract_org", "契約機関の届出", "Khai báo cơ quan ký hợp đồng", "Notice of the contract organisation",
        "ended_on, new_contract_on", **_days(14, 7, 3, 1, **OPEN_MUST),
        source="入管法19条の16第2号",
        caveat="高度専門職1号イ・ロ、研究、技人国、介護、興行、技能、特定技能。届出漏れは更新に影響しうる。"
        "罰則は20万円以下（71条の5、要確認）。オンラインで24時間届け出られる。",
    ),
    Rule(
        "spouse_notice", "配偶者の届出", "Khai báo ly hôn, tử vong vợ/chồng", "Notice about the spouse",
        "divorce_on, death_on", **_days(14, 7, 3, 1, **OPEN_MUST),
        source="入管法19条の16第3号", caveat="家族滞在、特定活動（配偶者）、日本人・永住者の配偶者等。",
    ),
    Rule(
        "move_notice", "住居地の届出・転入転居", "Khai báo chỗ ở", "Notice of the new address", "moved_on",
        **_days(14, 7, 3, 1, **OPEN_MUST),
        source="入管法19条の7〜9、住民基本台帳法22条・23条",
        caveat="市区町村の窓口。DVの場合は登録の前に支援措置を申し出る。",
    ),
    Rule(
        "address_90", "住居地90日（取消事由）", "90 ngày không khai báo chỗ ở", "90 days without an address",
        "moved_on, landed_on", **_days(90, 30, 14, 7),
        source="入管法22条の4第1項8号・9号", caveat="シェルターの住所は、登録されて初めて住居地となる。",
    ),
    Rule(
        "card_lost", "在留カード再交付", "Cấp lại thẻ", "New card after loss", "learned_on",
        **_days(14, 7, 3, 1, **OPEN_MUST),
        source="入管法19条の12", caveat="先に警察で遺失届または盗難届の受理番号をもらう。",
    ),
    Rule(
        "card_change", "氏名等変更届", "Khai báo thay đổi họ tên", "Notice of a changed name", "changed_on",
        **_days(14, 7, 3, **OPEN),
        source="入管法19条の10", caveat="氏名、生年月日、性別、国籍・地域。",
    ),
    Rule(
        "inactive_3m", "活動なし3か月（取消）", "3 tháng không hoạt động", "Three months without activity",
        "last_activity_on", **_months(3, 60, 30, 14, 7, calc="stay_period", second_length=6, **MUST),
        source="入管法22条の4第1項6号",
        caveat="高度専門職2号は6か月（第二の長さ）。求職、病気、会社の事情などの正当な理由があれば取り消されない。"
        "証拠を残す。自動的に失効するのではない。5号（別の活動）には期間がない。",
    ),
    Rule(
        "spouse_6m", "配偶者活動なし6か月", "6 tháng không sống như vợ chồng", "Six months apart from the spouse",
        "separated_on", **_months(6, 90, 30, 14, calc="stay_period"),
        source="入管法22条の4第1項7号", caveat="DVは正当な理由にあたる。",
    ),
    Rule(
        "ssw_5y", "特定技能1号 通算5年", "Tổng 5 năm kỹ năng đặc định số 1", "Five years of specified skills (i)",
        "granted_on",
        **_days(1825, *BY_A_YEAR, calc="ssw_total", count_first_day=True, second_length=60, **MUST),
        source="上陸基準省令、特定技能運用要領",
        caveat="途切れない在留は暦で60か月（第二の長さ）。2025-09-30から産休・育休、1か月以上の病気、再入国できない期間は"
        "除外されうる（約3か月前に申立て）。2号試験に不合格なら最長6年。通算の数え方は入管に確認する。",
    ),
)  # fmt: skip

CHILD = (
    Rule(
        "birth_notice", "出生届", "Đăng ký khai sinh", "Notice of birth", "birth_date",
        **_days(14, 7, 3, 1, count_first_day=True, **OPEN_MUST),
        source="戸籍法43条、49条", caveat="外国人も届け出る（戸籍法25条）。医師等の出生証明書が要る。",
    ),
    Rule(
        "status_acquire", "在留資格取得申請", "Xin tư cách lưu trú cho trẻ", "Status for the newborn", "birth_date",
        **_days(30, 20, 14, 7, 3, calc="early_period", **OPEN_MUST),
        source="入管法22条の2第2項",
        caveat="日本国籍のない子。出生日を1日目と数える窓口があるため、29日目を安全な期限とする。60日以内に出国するなら不要。",
    ),
    Rule(
        "status_60", "60日経過", "60 ngày sau khi sinh", "60 days after birth", "birth_date",
        **_days(60, 30, 14, 7, 3, **MUST),
        source="入管法22条の2第1項",
        caveat="これを過ぎると子は不法残留となる。30日以内に申請していれば決定まで在留できる（22条の2第4項、要確認）。",
    ),
    Rule(
        "child_allow", "児童手当 15日特例", "Trợ cấp trẻ em: đặc lệ 15 ngày", "Child allowance, 15 days", "birth_date",
        **_days(15, 7, 3, **OPEN), source="児童手当法8条3項", caveat="遅れた月の分は受け取れない。",
    ),
    Rule(
        "child_insurance", "子の健保扶養5日・国保14日", "Bảo hiểm cho con: 5 ngày / 14 ngày",
        "Health insurance for the child", "birth_date",
        **_days(5, 3, 1, calc="child_insurance", second_length=14, **OPEN),
        source="健康保険法施行規則38条、国民健康保険法施行規則2条",
        caveat="健保の扶養は5日、国保は14日（第二の長さ）。数え方は要確認。",
    ),
)  # fmt: skip

INSURANCE = (
    Rule(
        "kokuho_in", "国民健康保険加入", "Bảo hiểm quốc dân", "Joining national health insurance",
        "insurance_lost_on", **_days(14, 7, 3, 1, calc="early_period", **OPEN_MUST),
        source="国民健康保険法9条、同施行規則2条",
        caveat="資格喪失日は退職の翌日。0時に始まるので1日目と数える市区町村がある（要確認）。遅れると保険料はさかのぼり、"
        "その間の治療費は自費になりうる。3か月を超える在留資格が要る。",
    ),
    Rule(
        "nenkin_change", "国民年金 種別変更", "Thay đổi loại hưu trí (nenkin)", "Change of pension category",
        "insurance_lost_on", **_days(14, 7, 3, **OPEN), source="国民年金法12条", caveat="免除も同時に申請する。",
    ),
    Rule(
        "ninkei", "健保任意継続", "Bảo hiểm tự nguyện tiếp tục", "Voluntary continuation of insurance",
        "insurance_lost_on", **_days(20, 10, 5, 2, count_first_day=True, **OPEN),
        source="健康保険法37条（資格を喪失した日から20日以内）",
        caveat="喪失前に2か月以上の加入が要る。厳格。20日目が閉庁日なら翌営業日。",
    ),
    Rule(
        "ui_papers", "離職票（会社の届出）", "Giấy xác nhận thôi việc (công ty nộp)", "Separation papers by the employer",
        "left_on", **_days(10, 3, **OPEN),
        source="雇用保険法施行規則7条（翌日から起算して10日）",
        caveat="会社に催促する。出さないときはハローワークが動ける。",
    ),
    Rule(
        "ui_period", "雇用保険 受給期間", "Bảo hiểm thất nghiệp", "Period of unemployment benefit", "left_on",
        **_months(12, 180, 90, 30, **MUST),
        source="雇用保険法20条",
        caveat="これを過ぎた日数分は受け取れない。妊娠・出産・病気などで30日以上働けなければ延長でき、合わせて最長4年。",
    ),
    Rule(
        "ui_reemploy", "再就職手当", "Trợ cấp tái việc làm", "Re-employment allowance", "start_on",
        **_months(1, 14, 7, 3, **OPEN),
        source="雇用保険法施行規則82条の7（要確認）", caveat="遅れても2年の時効までは請求できる（雇用保険法74条）。",
    ),
)  # fmt: skip

LABOUR = (
    Rule(
        "wage_3y", "賃金請求 時効", "Thời hiệu đòi lương", "Claim for wages", "payday",
        **_months(36, 365, 180, 60, 30, calc="wage", second_length=24, **MUST),
        source="労基法115条、143条3項",
        caveat="2020-04-01より前の賃金支払日は24か月（第二の長さ）。退職金は60か月。催告で一度だけ6か月延びる（民法150条）。"
        "支払日ごとに1行。",
    ),
    Rule(
        "dismissal_pay", "解雇予告30日", "Báo trước khi sa thải 30 ngày", "30 days' notice of dismissal", "told_on",
        **_days(30), source="労基法20条",
        caveat="手当なしで解雇できる最も早い日。足りない日数分の平均賃金が支払われる。",
    ),
    Rule(
        "dismissal_ban", "解雇制限", "Thời gian cấm sa thải", "Ban on dismissal", "leave_end",
        **_days(30), source="労基法19条", caveat="産休・労災休業とその後30日。この間の解雇は無効。",
    ),
    Rule(
        "wc_2y", "労災 休業・療養・葬祭 2年", "Tai nạn lao động: 2 năm", "Work accident, two years",
        "absent_on, paid_on, death_on", **_months(24, 180, 90, 30, **MUST),
        source="労災保険法42条", caveat="翌日から数える。休業は1日ごとに別々に進む。",
    ),
    Rule(
        "wc_5y", "労災 障害・遺族 5年", "Tai nạn lao động: 5 năm", "Work accident, five years",
        "healed_on, death_on", **_months(60, *BY_A_YEAR, **MUST), source="労災保険法42条", caveat="",
    ),
    Rule(
        "hi_2y", "健保給付 2年", "Trợ cấp bảo hiểm y tế: 2 năm", "Health insurance benefits, two years",
        "absent_on, birth_date, death_on, treated_on", **_months(24, 180, 60, 30, calc="benefit"),
        source="健康保険法193条",
        caveat="傷病手当金、出産手当金、出産育児一時金、埋葬料、高額療養費。高額療養費は診療月の翌月1日を1日目とする。"
        "国保も2年（国保法110条）。",
    ),
    Rule(
        "lump_pension", "脱退一時金", "Trợ cấp một lần khi rời hệ thống (nenkin)", "Lump-sum withdrawal payment",
        "left_japan_on, insured_lost_on", **_months(24, *BY_A_YEAR, 30, **MUST),
        source="厚年法附則29条、国年法附則9条の3の2",
        caveat="出国（住所がなくなった日）と資格喪失の遅いほうから。6か月以上の納付が要り、現在の上限は60か月。2025-06の改正で"
        "8年に延び、再入国許可の間は請求できなくなる。施行日は政令による（要確認）。",
    ),
    Rule(
        "lump_tax", "脱退一時金 所得税還付", "Hoàn thuế trợ cấp rút nenkin", "Tax refund on the lump sum", "lump_paid_on",
        unit="year", length=5, lead_days="180, 60", calc="year_end",
        source="国税通則法74条",
        caveat="支払われた年の5年後の年末まで。納税管理人を置く。厚生年金は20.42%が源泉徴収される。",
    ),
)  # fmt: skip

APPEALS = (
    Rule(
        "appeal_3m", "審査請求", "Khiếu nại hành chính", "Administrative appeal", "known_on",
        **_months(3, 30, 14, 7, 3, **OPEN_MUST),
        source="行政不服審査法18条",
        caveat="処分から1年も期限。在留に関する処分には使えない（7条1項10号）。",
    ),
    Rule(
        "wc_appeal", "労災 審査請求3か月・再審査2か月", "Khiếu nại tai nạn lao động: 3 tháng / 2 tháng",
        "Work accident appeal", "known_on, received_on",
        **_months(3, 30, 14, 7, calc="appeal", second_length=2, **OPEN),
        source="労審法8条、38条",
        caveat="審査請求は知った日から3か月、再審査請求は決定書を受け取った日から2か月（第二の長さ）。",
    ),
    Rule(
        "suit_6m", "取消訴訟", "Kiện hủy", "Suit for annulment", "known_on",
        **_months(6, 60, 30, 14, **OPEN_MUST),
        source="行政事件訴訟法14条", caveat="在留の不許可も対象になる。",
    ),
    Rule(
        "oral_3d", "口頭審理・異議 3日", "Khẩu thẩm, phản đối: 3 ngày", "Oral hearing and objection", "notified_on",
        **_days(3, 2, 1, 0, **OPEN_MUST),
        source="入管法48条、49条", caveat="その場で弁護士に電話する。閉庁日の扱いは要確認。",
    ),
    Rule(
        "refugee_7d", "難民不認定 審査請求 7日", "Khiếu nại không công nhận tị nạn: 7 ngày", "Refugee appeal",
        "notified_on",
        **_days(7, 5, 3, 1, **OPEN_MUST),
        source="入管法61条の2の9第2項（2023年改正後）", caveat="閉庁日の扱いは要確認。",
    ),
    Rule(
        "exit_15d", "出国命令の出国期限", "Hạn rời khỏi Nhật theo lệnh xuất cảnh", "Day to leave under the order",
        "order_deadline", **_days(0, 7, 3, 1, calc="date"),
        source="入管法55条の3", caveat="命令書に印字された日（15日以内）を入れる。",
    ),
)  # fmt: skip

BIRTH_AND_OFFICE = (
    Rule(
        "leave_pre", "産前休業開始可能日", "Nghỉ trước sinh", "Start of maternity leave", "due_date",
        **_days(41, 30, 14, calc="days_before", second_length=97),
        source="労基法65条1項",
        caveat="多胎は97日前（第二の長さ）から。本人の請求による。出産予定日は産前に含まれる。",
    ),
    Rule(
        "leave_post", "産後休業", "Nghỉ sau sinh", "Leave after birth", "birth_date",
        **_days(56, 7, calc="leave_after", second_length=42, **MUST),
        source="労基法65条2項",
        caveat="42日（第二の長さ）までは本人が望んでも働けない。6週間後は本人の請求と医師の許可があれば働ける。",
    ),
    Rule(
        "mch_book", "妊娠届・母子手帳", "Khai báo mang thai, sổ mẹ và bé", "Notice of pregnancy", "confirmed_on",
        **_days(14, 7), source="母子保健法15条", caveat="法律上の日数はない（速やかに）。14日は目標。",
    ),
    Rule(
        "npo_report", "事業報告書等の提出（法人）", "Nộp báo cáo hoạt động (tổ chức)",
        "Annual report of the organisation",
        "fiscal_year_end", **_months(3, 60, 30, 14, **OPEN_MUST), source="NPO法29条", caveat="法人についての1行。",
    ),
    Rule(
        "npo_register", "寄附者名簿の作成（認定のみ）", "Lập danh sách người quyên góp (NPO chứng nhận)",
        "Donor register",
        "fiscal_year_end", **_months(3, 60, 30), source="NPO法54条2項1号", caveat="認定を受けているときだけ。",
    ),
    Rule(
        "ssw_free", "特定技能 所属機関の随時届出", "Công ty khai báo thay đổi (kỹ năng đặc định)",
        "Notice by the employer",
        "contract_end_on", **_days(14, 7, **OPEN), source="入管法19条の18", caveat="会社の義務。交渉の証拠になる。",
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*RESIDENCE, *CHILD, *INSURANCE, *LABOUR, *APPEALS, *BIRTH_AND_OFFICE)
