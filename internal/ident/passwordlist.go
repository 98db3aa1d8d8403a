package ident

import "strings"

// CommonPassword tells the passwords that stand at the top of every published
// count, French and worldwide, whatever their case and with up to four figures
// or one sign behind a word of five letters or more.
func CommonPassword(v []byte) bool {
	if len(v) < 4 || len(v) > 24 {
		return false
	}
	var raw [24]byte
	low := raw[:len(v)]
	for i, c := range v {
		low[i] = fold(c)
	}
	if _, ok := common[string(low)]; ok {
		return true
	}
	end := len(low)
	if c := low[end-1]; c == '!' || c == '.' || c == '*' || c == '?' || c == '@' || c == '#' || c == '$' {
		end--
	}
	for n := 0; n < 4 && end > 0 && low[end-1]-'0' <= 9; n++ {
		end--
	}
	if end == len(low) || end < 5 {
		return false
	}
	_, ok := common[string(low[:end])]
	return ok
}

var common = func() map[string]struct{} {
	words := strings.Fields(commonPasswords)
	m := make(map[string]struct{}, len(words))
	for _, w := range words {
		m[w] = struct{}{}
	}
	return m
}()

// commonPasswords are known to everyone who ever counted passwords; their order
// says nothing.
const commonPasswords = `
123456 12345678 123456789 1234567890 12345 1234567 111111 000000 123123 123321 654321 666666 121212 112233 102030 010203 987654321 123654 159753 147258369
147258 159357 987654 456789 789456 789456123 741852 741852963 963852741 222222 333333 444444 555555 777777 888888 999999 696969 131313 232323 101010 112358 147852
azerty azertyuiop azerty123 azerty1 azertyui azert qwerty qwerty123 qwertyuiop qwerty1 qsdfgh qsdfghjklm wxcvbn azeqsd azqsaz aqwzsx asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx 1q2w3e4r 1q2w3e4r5t
1q2w3e 1qaz2wsx 1a2z3e4r 1a2z3e zaq12wsx q1w2e3r4 a1b2c3 a1b2c3d4 abc123 abcd1234 abcdef abcdefg abcd123 aaaaaa aaaaaaaa 123abc 123qwe qwe123 asd123 azeaze azerazer qweasd qweqwe
password password1 passw0rd p@ssw0rd p@ssword motdepasse mdp123 monmotdepasse motdepass passe pass123 passer passer123 passe123 changeme changezmoi changemoi bienvenue bienvenue1 welcome welcome1 bonjour bonjour1 bonsoir
salut coucou coucou1 coucou123 admin admin123 administrateur administrator root toor test test123 test1234 testtest tester guest user user123 demo demo123 default secret secret123 letmein login logmein master access iloveyou
jetaime jtaime jetaime1 jetadore loveyou lovely love loveme monamour moncoeur amour amours amourtoujours bisous bisou calin calins coeur cheri cherie doudou loulou loulou1 lapin lapinou nounours nounou poupee princesse princess prince
soleil soleil1 etoile etoiles lumiere chocolat chocolate caramel vanille fraise framboise cerise pomme banane orange citron papillon tournesol coccinelle libellule marguerite rose violette lilas sourire bonheur espoir liberte paradis
marseille olympique om13 psg paris paris75 parissg lyon toulouse bordeaux nantes lille nice strasbourg bretagne corsica portugal france france98 algerie maroc tunisie italia espana juventus barcelona realmadrid chelsea liverpool arsenal
football foot rugby tennis basket basketball zidane ronaldo ronaldinho messi neymar mbappe benzema platini cantona jordan jordan23 michael daniel nicolas alexandre alexandra camille julien thomas antoine maxime romain vincent olivier sebastien
guillaume benjamin florian quentin clement valentin anthony kevin jeremy christophe stephane philippe laurent frederic patrick thierry isabelle nathalie sandrine stephanie sophie celine virginie caroline charlotte pauline marine manon
chloe oceane laura sarah julie marie emilie elodie aurelie amandine melanie jessica vanessa jennifer jennyfer melissa morgane marion mathilde lucie clara emma mathieu matthieu mickael nathan hugo lucas theo enzo leo louis arthur
tigrou minou minette mimine felix titi toto tata tutu tintin asterix obelix snoopy mickey bambi simba pikachu pokemon naruto goku sangoku dragonball dragon dragon1 starwars batman superman spiderman matrix hello hellokitty kitty
shadow sunshine monkey tiger lion panther panthere cheval chevaux cheval1 poney dauphin chien chat chaton chatons souris tortue crapaud grenouille canard loup loup1 aigle scorpion serpent requin
maison famille vacances voiture moto scooter peugeot renault citroen ferrari porsche mercedes yamaha kawasaki suzuki internet ordinateur windows linux google facebook instagram youtube orange1 samsung motorola nokia iphone computer pompier infirmiere
maman papa mamie papi mamounette papounet fifille bebe bebe1 enfant enfants jesus dieu allah ange angel angelo angelique diablo lucifer satan magique magic mystere secret1 trustno1 whatever nothing freedom ninja hunter killer killer1 mustang
baseball hockey soccer summer winter spring autumn flower butterfly cookie pepper ginger buster charlie harley ranger thunder phoenix silver golden purple yellow orange12 blabla blabla1 coucou12 nimporte nimportequoi doudou1 chouchou chouchou1 choupette choupinette
`
