"""Links with Splink on DuckDB: python splink_peer.py TASK OUT FILE...

The models of FEBRL 4 and fake_1000 are those of Splink's documentation. For the
French leak the settings are the best we know how to write: names folded, a
registered person once under each name, eight blocking rules, name frequencies.
"""

import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def load(db, name, path, select, delimiter=",", headers=None):
    """Makes a table of a CSV file, of text alone, empty as NULL."""
    names = f", names={headers}" if headers else ""
    db.execute(
        f"create table {name} as with raw as (select row_number() over () as row, * from read_csv('{path}', all_varchar=true, header=true, "
        f"delim='{delimiter}', nullstr='', parallel=false{names})) {select}"
    )
    return name


def link(db, tables, settings, deterministic, recall, em, pairs=1e6):
    api = DuckDBAPI(connection=db)
    linker = Linker([api.register(t) for t in tables], settings, log_level="ERROR")
    train = linker.training
    train.estimate_probability_two_random_records_match(deterministic, recall=recall)
    train.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
    for rule in em:
        train.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    return linker.inference.predict(threshold_match_probability=0.01)


def febrl4(db, a, b):
    headers = "rec_id given_name surname street_number address_1 address_2 suburb postcode state date_of_birth soc_sec_id".split()
    trimmed = "select " + ", ".join(f"nullif(trim({h}), '') as {h}" for h in headers) + " from raw"
    tables = [load(db, n, p, trimmed, headers=headers) for n, p in (("a", a), ("b", b))]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    )
    certain = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
    ]
    return link(db, tables, settings, certain, 0.8, [block_on("date_of_birth"), block_on("postcode")]), "rec_id"


def fake(db, path):
    tables = [load(db, "people", path, "select * exclude (row) from raw")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
    )
    certain = [block_on("first_name", "dob"), "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2", block_on("email")]
    return link(db, tables, settings, certain, 0.7, [block_on("first_name", "surname"), block_on("dob")]), "unique_id"


LEAK = {
    "a": ("Nom", "Prénom", "\"Date de naissance\"", "Email", "Adresse", "\"Code postal\"", "Ville", "Téléphone"),
    "b": ("coalesce(NOM_USAGE, NOM_NAISSANCE)", "PRENOMS", "DT_NAISS", "MEL", "ADR_VOIE", "ADR_CP", "ADR_COMMUNE", "TEL_PORTABLE"),
}


def french(db, recipe, leak, persons):
    fold = lambda s: f"nullif(trim(regexp_replace(upper(strip_accents({s})), '[^A-Z]+', ' ', 'g')), '')"
    columns = db.execute(f"select * from read_csv('{leak}', all_varchar=true, delim=';', header=true) limit 0").description
    present = {c[0] for c in columns}
    names = [c if c.strip('"') in present or "(" in c else "null" for c in LEAK[recipe]]  # a leak may lack columns
    date = "case when {0} like '__/__/____' then ({0})[7:10] || '-' || ({0})[4:5] || '-' || ({0})[1:2] else {0} end"
    clean = (
        "select {id} as id, {fold_name} as nom, split_part({fold_given}, ' ', 1) as prenom, {born} as ddn, lower(trim({email})) as email, "
        "{fold_street} as voie, lpad({postcode}, 5, '0') as cp, {fold_city} as ville, right(regexp_replace({phone}, '[^0-9]', '', 'g'), 9) as tel"
    )

    def select(id, nom, prenom, born, email, street, postcode, city, phone):
        return clean.format(id=id, fold_name=fold(nom), fold_given=fold(prenom), born=date.format(born), email=email, fold_street=fold(street),
                            postcode=postcode, fold_city=fold(city), phone=phone)

    # Once under each name, on both sides: birth and usage.
    rest = [f"{n}::varchar" for n in names[1:]]
    leaked = select("row::varchar", f"{names[0]}::varchar", *rest) + " from raw"
    if recipe == "b":
        leaked += " union all " + select("row || '#2'", "NOM_NAISSANCE", *rest) + " from raw where NOM_NAISSANCE <> NOM_USAGE"
    rest = ["given_names", "birth_date", "email", "street", "postcode", "city", "phone"]
    known = select("id", "birth_name", *rest) + " from raw union all " + select("id || '#2'", "usage_name", *rest) + " from raw where usage_name is not null"
    for table, path, query, delimiter in (("leak", leak, leaked, ";"), ("people", persons, known, ",")):
        load(db, table + "_0", path, query, delimiter)
        db.execute(f"create table {table} as select *, nom || ' ' || prenom as nom_complet from {table}_0")
    full = names[3] != "null"
    comparisons = [
        cl.ForenameSurnameComparison("prenom", "nom", forename_surname_concat_col_name="nom_complet").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("ddn", input_is_string=True, datetime_format="%Y-%m-%d"),
    ]
    rules = [block_on("nom", "prenom"), block_on("prenom", "ddn"), block_on("nom", "ddn"), "l.nom = r.prenom and l.prenom = r.nom",
             block_on("ddn", "substr(nom, 1, 2)"), block_on("substr(nom, 1, 4)", "substr(prenom, 1, 3)", "substr(ddn, 1, 4)")]
    certain = [block_on("nom", "prenom", "ddn")]
    em = [block_on("ddn"), block_on("nom", "prenom")]
    if full:
        comparisons += [
            cl.EmailComparison("email"),
            cl.ExactMatch("tel").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("voie", [2, 6]),
            cl.ExactMatch("cp").configure(term_frequency_adjustments=True),
        ]
        rules = rules[:4] + [block_on("email"), block_on("tel"), block_on("ddn", "cp"), block_on("cp", "prenom", "substr(nom, 1, 3)")]
        certain += [block_on("email"), block_on("tel", "prenom")]
        em = [block_on("ddn", "prenom"), block_on("email")]
    settings = SettingsCreator(link_type="link_only", unique_id_column_name="id", blocking_rules_to_generate_predictions=rules, comparisons=comparisons)
    return link(db, ["leak", "people"], settings, certain, 0.7, em, 5e6), "id"


def main():
    task, out, *files = sys.argv[1:]
    db = duckdb.connect()
    if task.startswith("french-"):
        found, key = french(db, task[-1], *files)
    else:
        found, key = {"febrl4": febrl4, "fake": fake}[task](db, *files)
    source = found.physical_name
    db.execute(
        f"copy (select split_part({key}_l::varchar, '#', 1) as left_id, split_part({key}_r::varchar, '#', 1) as right_id, match_weight as weight, "
        f"match_probability as probability from {source}) to '{out}' (header)"
    )


if __name__ == "__main__":
    main()
