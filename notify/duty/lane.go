package duty

import (
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// LaneEnvelope wakes somebody because protected persons of an incident wait in
// the danger lane. It says how many and where to look, and nothing of them: not
// which registry, not what is exposed.
func (c Contact) LaneEnvelope(key, entity string, late int, from, where string, at time.Time) notify.Envelope {
	lang := c.Lang
	if lang == "" {
		lang = "fr"
	}
	w := laneWords[lang]
	return notify.Envelope{
		Key: key, Language: lang, Date: at,
		To:   breach.Contact{Name: c.Name, Email: c.Email, Phone: c.Phone, Language: lang},
		From: breach.Controller{Name: from},
		Doc: notify.Document{
			Title:  fmt.Sprintf(w[0], entity),
			Blocks: []notify.Block{{Text: []string{fmt.Sprintf(w[1], late, entity), fmt.Sprintf(w[2], where)}}},
			Short:  fmt.Sprintf(w[3], late, clip(entity, 60)),
		},
	}
}

// laneWords are the title, what is late, what to do, and the short message.
var laneWords = map[string][4]string{
	"fr": {"Vigie : personnes à joindre, %s", "Des personnes protégées attendent d’être jointes par un humain (en retard : %d). Incident : %s.",
		"Prenez-les sous votre nom dans la console : %s. Rien n’est rendu public avant. Ce message ne dit rien d’elles.",
		"Vigie: personnes protegees a joindre (%d), %s. Prenez-les dans la console."},
	"en": {"Vigie: persons to reach, %s", "Protected persons wait to be reached by a human (late: %d). Incident: %s.",
		"Take them in your own name in the console: %s. Nothing becomes public before. This message says nothing of them.",
		"Vigie: protected persons to reach (%d), %s. Take them in the console."},
}
