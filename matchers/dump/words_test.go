package dump

import "testing"

// Headers name things in words, abbreviated and glued, in the languages of the
// neighbours too.
func TestHintsOfManyHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"dt_naiss": birthDate, "ddn": birthDate, "DateNaissance": birthDate, "Fecha de nacimiento": birthDate, "data di nascita": birthDate, "Geburtsdatum": birthDate,
		"nomjf": birthName, "nom_nais": birthName, "nompat": birthName, "apellidos": birthName, "cognome": birthName, "Nachname": birthName,
		"tel_port": phone, "cp": postcode, "adr1": street, "lib_voie": street, "Adresse employeur": street, "tel_employeur": phone,
		"mdp": MeaningPassword, "pwd": MeaningPassword, "passwd": MeaningPassword, "Contraseña": MeaningPassword, "Passwort": MeaningPassword, "senha": MeaningPassword,
		"num_ss": nir, "nss": nir, "NIR": nir, "n_secu": nir, "social_security_number": nir,
		"num_alloc": MeaningCAF, "ide_jeune": MeaningRowID, "rib": MeaningIBAN, "bic": MeaningBIC, "N° CAF": MeaningCAF, "identifiant Pôle emploi": MeaningFranceTravail,
		"SIREN": MeaningSIREN, "n_siret": MeaningSIRET, "Nom employeur": MeaningEmployer, "company": MeaningEmployer, "Raison sociale": MeaningEmployer,
		"departement": MeaningDepartment, "code_dep": MeaningDepartment, "Nom de l'école": MeaningSchool, "INE": MeaningINE, "code UAI": MeaningUAI,
		"numéro fiscal": MeaningTaxNumber, "codice fiscale": MeaningTaxNumber, "N° passeport": MeaningPassport, "Carte d'identité": MeaningIdentityCard, "num_cni": MeaningIdentityCard, "permis de conduire": MeaningLicence,
		"situation_familiale": MeaningFamily, "maritalStatus": MeaningFamily, "prestations": MeaningBenefit, "RQTH": MeaningHealth, "bloodType": MeaningHealth,
		"access_token": MeaningToken, "macAddress": MeaningMAC, "UserAgent": MeaningUserAgent, "uuid": MeaningUUID, "Montant": MeaningAmount, "solde": MeaningAmount,
		"profession": MeaningOccupation, "annee_naissance": MeaningBirthYear, "mois naissance": MeaningBirthMonth, "jour_naiss": MeaningBirthDay,
		"nom d'utilisateur": MeaningLogin, "Benutzername": MeaningLogin, "MothersMaiden": MeaningUnknown, "nom de la mère": MeaningUnknown, "password_hash": MeaningHash,
	} {
		if got := hint(header); got != want {
			t.Errorf("hint(%q) = %q, want %q", header, got, want)
		}
	}
}
