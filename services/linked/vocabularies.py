"""Codes of the vocabularies that CPSV-AP and DCAT-AP name, as IRIs: nothing is ever looked up.

From the authority tables of the Publications Office of the EU, except where said otherwise.
"""

AUTHORITY = "http://publications.europa.eu/resource/authority"
LANGUAGE = f"{AUTHORITY}/language"
PLN = f"{AUTHORITY}/currency/PLN"
CONTINUOUSLY = f"{AUTHORITY}/frequency/UPDATE_CONT"
PUBLIC_ACCESS = f"{AUTHORITY}/access-right/PUBLIC"
GOVERNMENT = f"{AUTHORITY}/data-theme/GOVE"
FILE_TYPE = f"{AUTHORITY}/file-type"
MEDIA_TYPE = "https://www.iana.org/assignments/media-types"

#: Of the card's language codes. The authority table has no sign languages: Polish Sign Language is
#: named by its code of ISO 639-3, in the IRIs that Lexvo keeps for it.
LANGUAGES = {
    "pl": f"{LANGUAGE}/POL",
    "en": f"{LANGUAGE}/ENG",
    "uk": f"{LANGUAGE}/UKR",
    "sgn-PL": "http://lexvo.org/id/iso639-3/pso",
}
SIGN_LANGUAGE = "sgn-PL"
#: Of ADMS: what is published is complete. What is withdrawn is not told at all.
COMPLETED = "http://purl.org/adms/status/Completed"
_NACE = "http://data.europa.eu/ux2/nace2"


def sector_iri(code: str) -> str:
    """Return the IRI of a code of NACE Rev. 2 such as ``O84.11``: the table leaves letter and dot out."""
    return f"{_NACE}/{code[1:].replace('.', '')}"
