"""Vocabularies that several rooms share: prefectures, languages, nationalities (DOMAIN 3)."""

from flask_babel import lazy_gettext as _

from tomoiki.core.vocabulary import OpenChoice


class Prefecture(OpenChoice):
    """都道府県, codes of JIS X 0401."""

    p01 = "01", _("Hokkaido")
    p02 = "02", _("Aomori")
    p03 = "03", _("Iwate")
    p04 = "04", _("Miyagi")
    p05 = "05", _("Akita")
    p06 = "06", _("Yamagata")
    p07 = "07", _("Fukushima")
    p08 = "08", _("Ibaraki")
    p09 = "09", _("Tochigi")
    p10 = "10", _("Gunma")
    p11 = "11", _("Saitama")
    p12 = "12", _("Chiba")
    p13 = "13", _("Tokyo")
    p14 = "14", _("Kanagawa")
    p15 = "15", _("Niigata")
    p16 = "16", _("Toyama")
    p17 = "17", _("Ishikawa")
    p18 = "18", _("Fukui")
    p19 = "19", _("Yamanashi")
    p20 = "20", _("Nagano")
    p21 = "21", _("Gifu")
    p22 = "22", _("Shizuoka")
    p23 = "23", _("Aichi")
    p24 = "24", _("Mie")
    p25 = "25", _("Shiga")
    p26 = "26", _("Kyoto")
    p27 = "27", _("Osaka")
    p28 = "28", _("Hyogo")
    p29 = "29", _("Nara")
    p30 = "30", _("Wakayama")
    p31 = "31", _("Tottori")
    p32 = "32", _("Shimane")
    p33 = "33", _("Okayama")
    p34 = "34", _("Hiroshima")
    p35 = "35", _("Yamaguchi")
    p36 = "36", _("Tokushima")
    p37 = "37", _("Kagawa")
    p38 = "38", _("Ehime")
    p39 = "39", _("Kochi")
    p40 = "40", _("Fukuoka")
    p41 = "41", _("Saga")
    p42 = "42", _("Nagasaki")
    p43 = "43", _("Kumamoto")
    p44 = "44", _("Oita")
    p45 = "45", _("Miyazaki")
    p46 = "46", _("Kagoshima")
    p47 = "47", _("Okinawa")


class Language(OpenChoice):
    """Languages spoken by the people who ask for help; the first three are those of the screens."""

    vi = "vi", _("Vietnamese")
    ja = "ja", _("Japanese")
    en = "en", _("English")
    zh = "zh", _("Chinese")
    ne = "ne", _("Nepali")
    id = "id", _("Indonesian")
    my = "my", _("Burmese")
    tl = "tl", _("Tagalog")
    km = "km", _("Khmer")


class Nationality(OpenChoice):
    """Nationalities by ISO 3166-1 alpha-3."""

    VNM = "VNM", _("Viet Nam")
    JPN = "JPN", _("Japan")
    CHN = "CHN", _("China")
    IDN = "IDN", _("Indonesia")
    KHM = "KHM", _("Cambodia")
    MMR = "MMR", _("Myanmar")
    NPL = "NPL", _("Nepal")
    PHL = "PHL", _("Philippines")
    THA = "THA", _("Thailand")
    other = "other", _("Other country")
