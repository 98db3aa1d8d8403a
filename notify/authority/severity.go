// Package authority prepares what goes to the supervisory authority: the
// severity of a breach by ENISA's method, and the notification of GDPR Art. 33
// in the blocks and closed lists of the CNIL's form.
package authority

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"vigie/internal/breach"
)

// Factors are the inputs of ENISA's "Recommendations for a methodology of the
// assessment of severity of personal data breaches" (v1.0, 2013).
type Factors struct {
	// DPC scores each type of data present, 1 to 4: simple, behavioural,
	// financial, sensitive. The highest counts.
	DPC map[string]int `json:"dpc"`
	// EI is the ease of identification: 0.25, 0.5, 0.75 or 1.
	EI             float64       `json:"ei"`
	CB             Circumstances `json:"cb"`
	People         int64         `json:"people"`
	Unintelligible bool          `json:"unintelligible"`
}

// Circumstances are the circumstances of the breach: 0, 0.25 or 0.5 each,
// malice 0 or 0.5.
type Circumstances struct {
	Confidentiality float64 `json:"confidentiality"`
	Integrity       float64 `json:"integrity"`
	Availability    float64 `json:"availability"`
	Malice          Malice  `json:"malice"`
}

// Malice is 0 or 0.5; JSON may say true for 0.5.
type Malice float64

// UnmarshalJSON accepts a number or a truth value.
func (m *Malice) UnmarshalJSON(data []byte) error {
	var yes bool
	if json.Unmarshal(data, &yes) == nil {
		if *m = 0; yes {
			*m = 0.5
		}
		return nil
	}
	return json.Unmarshal(data, (*float64)(m))
}

// Severity is a score. Quarters is four times the score, computed in integers:
// every term is a multiple of 0.25, so no boundary is ever missed by rounding.
type Severity struct {
	Score     float64  `json:"score"`
	Level     string   `json:"level"` // low, medium, high, very high
	Quarters  int      `json:"quarters"`
	Flags     []string `json:"flags"`
	Rationale []string `json:"rationale"`
	french    []string // the same, for the dossier
}

var dataTypes = []string{"simple", "behavioural", "financial", "sensitive"}

// maxFactors bounds the JSON that ReadFactors takes.
const maxFactors = 1 << 16

// ReadFactors parses factors. Unknown keys are refused.
func ReadFactors(r io.Reader) (Factors, error) {
	var f Factors
	data, err := io.ReadAll(io.LimitReader(r, maxFactors))
	if err != nil {
		return f, err
	}
	if err := strict(data, &f); err != nil {
		return f, fmt.Errorf("parsing severity factors: %w: %w", breach.ErrInvalid, err)
	}
	return f, nil
}

// strict parses one JSON value whose every key is known.
func strict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("something follows the value")
	}
	return nil
}

// Assess computes SE = DPC x EI + CB. A factor outside its list is ErrInvalid.
func Assess(f Factors) (Severity, error) {
	dpc, kind, err := highest(f.DPC)
	if err != nil {
		return Severity{}, err
	}
	ei, err := quarters("ei", f.EI, 1, 4)
	if err != nil {
		return Severity{}, err
	}
	s := Severity{Flags: []string{}, Quarters: dpc * ei}
	s.because("data processing context: %s data score %d, the highest", "contexte du traitement : données %s, note %d, la plus haute", kind, dpc)
	s.because("ease of identification: %s", "facilité d'identification : %s", decimal(ei))
	for _, c := range []struct {
		name  string
		value float64
		least int // smallest step above zero, in quarters
	}{
		{"confidentiality", f.CB.Confidentiality, 1}, {"integrity", f.CB.Integrity, 1},
		{"availability", f.CB.Availability, 1}, {"malice", float64(f.CB.Malice), 2},
	} {
		q, err := quarters("cb."+c.name, c.value, 0, 2)
		if err != nil || (q > 0 && q < c.least) {
			return Severity{}, fmt.Errorf("cb.%s: %v: want a step of %s up to 0.5: %w", c.name, c.value, decimal(c.least), breach.ErrInvalid)
		}
		s.Quarters += q
		if q > 0 {
			s.because("circumstances, %s: +%s", "circonstances, %s : +%s", c.name, decimal(q))
		}
	}
	if f.People < 0 {
		return Severity{}, fmt.Errorf("people: %d: want 0 or more: %w", f.People, breach.ErrInvalid)
	}
	s.finish(f)
	return s, nil
}

func highest(dpc map[string]int) (best int, kind string, err error) {
	for name, v := range dpc {
		if !slices.Contains(dataTypes, name) {
			return 0, "", fmt.Errorf("dpc: %q: want one of %v: %w", name, dataTypes, breach.ErrInvalid)
		}
		if v < 0 || v > 4 {
			return 0, "", fmt.Errorf("dpc.%s: %d: want 1 to 4, or 0 when absent: %w", name, v, breach.ErrInvalid)
		}
	}
	for _, name := range dataTypes {
		if dpc[name] > best {
			best, kind = dpc[name], name
		}
	}
	if best == 0 {
		return 0, "", fmt.Errorf("dpc: no type of data is scored: %w", breach.ErrInvalid)
	}
	return best, kind, nil
}

func quarters(name string, v float64, least, most int) (int, error) {
	q := v * 4
	if q != math.Trunc(q) || q < float64(least) || q > float64(most) {
		return 0, fmt.Errorf("%s: %v: want a multiple of 0.25 from %s to %s: %w", name, v, decimal(least), decimal(most), breach.ErrInvalid)
	}
	return int(q), nil
}

func (s *Severity) finish(f Factors) {
	s.Score = float64(s.Quarters) / 4
	switch {
	case s.Quarters < 8:
		s.Level = "low"
	case s.Quarters < 12:
		s.Level = "medium"
	case s.Quarters < 16:
		s.Level = "high"
	default:
		s.Level = "very high"
	}
	if f.People > 100 {
		s.Flags = append(s.Flags, "more-than-100-people")
	}
	if f.Unintelligible {
		s.Flags = append(s.Flags, "unintelligible")
	}
	s.because("severity %s: %s", "gravité %s : %s", decimal(s.Quarters), s.Level)
}

// frenchWords are those of the method's terms.
var frenchWords = map[string]string{
	"simple": "simples", "behavioural": "comportementales", "financial": "financières", "sensitive": "sensibles",
	"confidentiality": "confidentialité", "integrity": "intégrité", "availability": "disponibilité", "malice": "malveillance",
	"low": "faible", "medium": "moyenne", "high": "élevée", "very high": "très élevée",
}

// because adds a reason in both languages.
func (s *Severity) because(english, french string, args ...any) {
	s.Rationale = append(s.Rationale, fmt.Sprintf(english, args...))
	words := slices.Clone(args)
	for i, a := range args {
		text, ok := a.(string)
		if !ok {
			continue
		}
		if w := frenchWords[text]; w != "" {
			words[i] = w
		} else {
			words[i] = strings.Replace(text, ".", ",", 1)
		}
	}
	s.french = append(s.french, fmt.Sprintf(french, words...))
}

func decimal(q int) string {
	return fmt.Sprintf("%d.%02d", q/4, q%4*25)
}
