"""What the demo's cases, records and events say, in the languages of the desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """A kind of case: how often, what it is called, what else it may be about, how it may end."""

    category: str
    weight: int
    titles: tuple[str, ...]
    also: tuple[str, ...]
    outcomes: tuple[str, ...]


MATTERS = (
    Matter(
        "dismissal",
        14,
        ("突然の解雇", "契約期間中の雇止め", "理由の書かれていない解雇通知"),
        ("wage_unpaid", "housing"),
        ("W3", "R3", "W1"),
    ),
    Matter(
        "wage_unpaid",
        13,
        ("給与3か月分の未払い", "最終月の賃金未払い", "控除額が不明な給与"),
        ("overtime",),
        ("R1", "R5", "R3"),
    ),
    Matter(
        "housing",
        10,
        ("寮からの退去を求められている", "住む所がなく友人宅を転々"),
        ("living", "job_search"),
        ("P1", "W3"),
    ),
    Matter("illness", 7, ("入院費の支払い相談", "腰痛で働けない", "手術の同意と通訳"), ("living",), ("P2",)),
    Matter(
        "visa",
        9,
        ("在留期間更新の書類がそろわない", "特定活動への変更相談", "不許可通知を受け取った"),
        ("job_search",),
        ("S1", "S2", "S5"),
    ),
    Matter(
        "transfer", 8, ("転籍の希望", "実習先の変更を求めたい"), ("violence", "contract_diff"), ("W2", "W1")
    ),
    Matter("violence", 6, ("職長からの暴言・暴力", "寮での嫌がらせ"), ("transfer", "mental"), ("R6", "W2")),
    Matter("living", 6, ("食料がない", "所持金が尽きた"), ("housing",), ("P3",)),
    Matter(
        "return_home", 5, ("帰国したいが航空券が買えない", "帰国前の脱退一時金の相談"), ("debt",), ("H1",)
    ),
    Matter("job_search", 6, ("転職先をさがしたい", "特定技能の試験後の就職"), ("visa",), ("W3", "W5", "W6")),
    Matter("overtime", 4, ("残業代が固定額しか出ない", "月100時間の残業"), ("wage_unpaid",), ("R1", "R5")),
    Matter("passport_kept", 3, ("旅券を会社に預けさせられている",), ("contract_diff",), ("R6", "R5")),
    Matter(
        "industrial_accident",
        5,
        ("プレス機での指の負傷", "足場からの転落", "労災を申請してもらえない"),
        ("illness",),
        ("R2", "P2"),
    ),
    Matter("overstay", 3, ("期限が切れた、出頭したい",), ("return_home",), ("H2", "S4")),
    Matter(
        "debt", 3, ("送出機関への借金の返済", "手数料を二重に請求された"), ("broker_fraud",), ("R3", "C1")
    ),
    Matter(
        "school", 3, ("学費の分割払いの相談", "アルバイト先の閉店で学費が払えない"), ("living",), ("E2", "E1")
    ),
    Matter("tax_insurance", 3, ("国民健康保険料の滞納", "住民税の督促状"), ("living",), ("R3",)),
    Matter("mental", 2, ("眠れない、食べられない",), ("violence",), ("P2",)),
)
ONLY_FOR = {"overstay": ("irregular",), "school": ("student",), "transfer": ("titp", "ssw")}  # worker types
GUARDED = (  # restricted from their first day (DOMAIN 10.7)
    Matter(
        "pregnancy",
        10,
        ("妊娠を会社に言えない", "妊娠後に退職を迫られている", "出産費用と在留資格の相談"),
        ("dismissal",),
        ("F1", "F2"),
    ),
    Matter("dv", 5, ("同居人からの暴力",), ("housing", "marriage"), ("F4", "P1")),
    Matter("sexual", 3, ("上司からのセクハラ",), ("violence",), ("R6", "P1")),
    Matter("childcare", 4, ("子の在留資格と保育園", "乳児の医療費"), ("living",), ("F2",)),
    Matter("trafficking", 2, ("借金のために働かされている",), ("debt", "passport_kept"), ("P1", "C1")),
)

STORIES = (
    "本人から電話。{months}か月前から状況が悪化し、同僚の紹介で連絡してきた。会社には相談済みだが返答がない。",
    "夜間にMessengerで第一報。翌日に通訳を交えて聞き取り。雇用契約書と給与明細の写真を受領した。",
    "駐日大使館の紹介で来所。日本語は少し話せる。まず安全の確認をし、今後の希望を聞いた。",
    "勉強会の参加者からの紹介。本人は働き続けたいと希望。在留期限まで余裕は{months}か月ほど。",
    "自治体の窓口から引き継ぎ。必要な書類が一部そろっていないため、本人と一覧を作った。",
)
OUTCOME_NOTES = (
    "本人の希望に沿って終了。3か月後に様子を確認する。",
    "関係者と書面で確認し、写しを本人に渡した。",
    "関係機関と連携し解決。通訳の協力が大きかった。",
    "手続が完了し、本人から感謝の連絡があった。",
)
WITHOUT_RESULT = {
    "X1": "3回連絡したが応答がない。",
    "X2": "本人が相談を取り下げた。",
    "X4": "対象外のため他の窓口を案内した。",
    "X5": "先に受け付けたケースと同じ内容。",
}
NEXT_ACTIONS = (
    "会社の回答を確認する",
    "入管への同行日を決める",
    "病院の予約を取る",
    "弁護士の見解を聞く",
    "給与明細の残りを受け取る",
    "労働基準監督署の結果を待つ",
    "住居の見学に同行する",
)


@dataclass(frozen=True)
class Contact:
    """A kind of activity: how often, how long, where, what was noted in Japanese and in Vietnamese."""

    type: str
    weight: int
    minutes: tuple[int, int]
    places: tuple[str, ...]
    notes: tuple[str, ...]
    notes_vi: tuple[str, ...] = ()


CONTACTS = (
    Contact(
        "call",
        24,
        (5, 45),
        ("",),
        (
            "電話で近況を確認。体調に変わりなし。",
            "会社からの連絡内容を聞き取った。",
            "折り返しの電話。次回の面談日を決めた。",
        ),
        ("Gọi điện hỏi thăm, tình hình ổn định.",),
    ),
    Contact(
        "chat",
        26,
        (5, 30),
        ("",),
        ("Messengerで書類の写真を受領。", "必要書類の一覧を送った。", "在留カードの期限を確認した。"),
        ("Đã gửi danh sách giấy tờ cần chuẩn bị qua Messenger.", "Nhận được ảnh bảng lương tháng này."),
    ),
    Contact(
        "meet",
        12,
        (30, 120),
        ("事務所", "駅前の喫茶店", "オンライン"),
        ("面談。経緯を時系列で整理した。", "今後の選択肢を説明し、本人の希望を聞いた。"),
        ("Gặp trực tiếp, nghe lại toàn bộ sự việc.",),
    ),
    Contact(
        "accompany",
        9,
        (90, 300),
        ("東京出入国在留管理局", "市役所", "労働基準監督署", "総合病院"),
        ("窓口に同行し申請を受理された。", "診察に同行。次回予約あり。"),
        ("Đi cùng đến cục xuất nhập cảnh, đã nộp đơn.",),
    ),
    Contact("visit", 4, (60, 180), ("寮", "入院先"), ("訪問して居住環境を確認した。",)),
    Contact(
        "interpret",
        6,
        (30, 120),
        ("事務所", "病院", "オンライン"),
        ("通訳を交えて説明した。",),
        ("Phiên dịch buổi làm việc với công ty.", "Phiên dịch khi khám bệnh, đã giải thích đơn thuốc."),
    ),
    Contact(
        "negotiate",
        5,
        (60, 180),
        ("会社会議室", "オンライン"),
        ("会社と交渉。支払い計画の提示を求めた。", "監理団体を交えた三者協議。"),
        ("Thương lượng với công ty về tiền lương còn nợ.",),
    ),
    Contact("food", 4, (10, 40), ("事務所",), ("米5kgと食料品を渡した。", "衛生用品を発送した。")),
    Contact("note", 4, (5, 15), ("",), ("記録の整理。",)),
    Contact("admin", 5, (15, 90), ("事務所",), ("申立書の下書きを確認。", "経過報告を作成した。")),
    Contact("partner_call", 6, (10, 45), ("",), ("弁護士に状況を共有。", "労組の担当者と方針を確認した。")),
)


@dataclass(frozen=True)
class Topic:
    """What an event is about, in three languages."""

    ja: str
    vi: str
    en: str


STUDY_TOPICS = (
    Topic("在留資格のきほん", "Kiến thức cơ bản về tư cách lưu trú", "Basics of status of residence"),
    Topic("給与明細の読み方", "Cách đọc bảng lương", "Reading a pay slip"),
    Topic("病院のかかり方と健康保険", "Đi khám bệnh và bảo hiểm y tế", "Seeing a doctor, health insurance"),
    Topic("特定技能へのステップ", "Các bước chuyển sang kỹ năng đặc định", "Steps to specified skills"),
    Topic("やさしい日本語で話そう", "Cùng nói tiếng Nhật đơn giản", "Speaking plain Japanese"),
    Topic("困ったときの相談先", "Hỏi ai khi gặp khó khăn", "Where to ask for help"),
    Topic("ベトナムの若者と語る", "Trò chuyện cùng bạn trẻ Việt Nam", "Talking with young Vietnamese"),
    Topic("妊娠・出産とはたらく権利", "Thai sản và quyền lao động", "Pregnancy, birth and rights at work"),
)
SEMINAR_TOPICS = (
    Topic(
        "選ばれる受入企業になるために", "Trở thành công ty được lựa chọn", "Becoming an employer of choice"
    ),
    Topic(
        "育成就労制度への備え",
        "Chuẩn bị cho chế độ việc làm phát triển kỹ năng",
        "Preparing for the new system",
    ),
    Topic("寮と相談窓口の見直し", "Cải thiện ký túc xá và kênh tư vấn", "Better dormitories and help desks"),
)
VENUES = ("ともいき会館 第1会議室", "区民センター 会議室B", "オンライン併用・事務所ホール")
