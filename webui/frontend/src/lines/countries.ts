// Countries whose analogue lines a voice modem knows (ISO 3166-1); the server judges the rest.
export const COUNTRY_CODES =
  "AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE ES FI FR GB GR HK HU IE IL IN IS IT JP KR LT LU LV MX MY NL NO NZ PE PH PL PT RO RU SE SG SI SK TH TR TW UA US VN ZA".split(" ");
