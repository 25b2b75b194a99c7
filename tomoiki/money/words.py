"""How people write ways of paying, kinds of donors and of income in ledgers of their own."""

METHOD = {
    "銀行振込": "bank", "振込": "bank", "振り込み": "bank", "銀行": "bank", "口座振込": "bank", "Chuyển khoản": "bank",
    "郵便振替": "yucho_furikae", "振替": "yucho_furikae", "郵便局": "yucho_furikae", "払込取扱票": "yucho_furikae",
    "現金": "cash", "手渡し": "cash", "手渡": "cash", "持参": "cash", "現金手渡し": "cash", "Tiền mặt": "cash",
    "クレジット": "card", "クレジットカード": "card", "カード": "card", "クレカ": "card", "Thẻ": "card",
    "コンビニ": "convenience", "コンビニ払い": "convenience", "PayPay": "paypay", "ペイペイ": "paypay",
    "シンカブル": "syncable", "コングラント": "congrant", "キャンプファイヤー": "campfire", "募金箱": "box",
    "ポイント": "points", "現物": "in_kind", "物品": "in_kind", "遺贈": "stock", "その他": "other",
}  # fmt: skip

DONOR_KIND = {
    "個人": "individual", "法人": "company", "企業": "company", "会社": "company", "団体": "group", "任意団体": "group",
    "宗教法人": "group", "NPO": "group", "匿名": "anonymous", "Cá nhân": "individual", "Công ty": "company",
}  # fmt: skip

KIND = {
    "寄附": "donation", "寄付": "donation", "寄付金": "donation", "寄附金": "donation", "会費": "membership",
    "年会費": "membership", "賛助会費": "membership", "助成金": "grant", "現物": "in_kind", "遺贈": "bequest",
}  # fmt: skip

NOBODY = ("匿名", "匿名希望", "無名", "氏名不詳", "不明", "Anonymous", "Ẩn danh")
