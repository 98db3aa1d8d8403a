package sqldump

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"vigie/matchers/dump"
)

// sink is a Visitor that keeps nothing.
type sink struct{ dump.Visitor }

func (sink) Table(dump.TableInfo) (dump.Rows, error) { return sinkRows{}, nil }
func (sink) Warn(string)                             {}
func (sink) Unread(string, string, string)           {}

type sinkRows struct{}

func (sinkRows) Row([][]byte) error { return nil }
func (sinkRows) Extend([]string)    {}
func (sinkRows) Refuse(string)      {}
func (sinkRows) Warn(string)        {}

func people(b *testing.B, head, row, between, tail string) []byte {
	b.Helper()
	var s strings.Builder
	s.WriteString(head)
	for i := 0; s.Len() < 16<<20; i++ {
		if i > 0 {
			s.WriteString(between)
		}
		fmt.Fprintf(&s, row, i, i%28+1)
	}
	s.WriteString(tail)
	return []byte(s.String())
}

func BenchmarkRead(b *testing.B) {
	for _, x := range []struct{ name, head, row, between, tail string }{
		{"extended", "-- MySQL dump\nINSERT INTO `people` VALUES ", "(%d,'Jeanne','Mar\\'tin','jeanne.martin@example.org','+33199001122','1980-05-%02d',NULL,'12 rue de l''Église','75001','Paris',48.85,1)", ",", ";\n"},
		{"single", "", "INSERT INTO people (id, first, last, email, phone, born, note, street, postcode, city, lat, ok) VALUES (%d, 'Jeanne', 'Martin', 'jeanne.martin@example.org', '+33199001122', '1980-05-%02d', NULL, '12 rue des Lilas', '75001', 'Paris', 48.85, 1);\n", "", ""},
		{"copy", "-- PostgreSQL database dump\nCOPY public.people (id, first, last, email, phone, born, note, street, postcode, city, lat, ok) FROM stdin;\n", "%d\tJeanne\tMartin\tjeanne.martin@example.org\t+33199001122\t1980-05-%02d\t\\N\t12 rue des Lilas\t75001\tParis\t48.85\tt", "\n", "\n\\.\n"},
		{"oracle", "SET DEFINE OFF;\n", "Insert into P.PEOPLE (ID,FIRST,BORN,CITY) values (%d,'Jeanne'||chr(38)||'Marie',to_date('1980-05-%02d 00:00:00','YYYY-MM-DD HH24:MI:SS'),q'[Paris]');\n", "", ""},
	} {
		data := people(b, x.head, x.row, x.between, x.tail)
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if err := New().Read(context.Background(), dump.NewFile("x.sql", dump.Bytes(data)), sink{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
