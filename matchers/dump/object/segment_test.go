package object

import "testing"

var rubricCases = []sample{
	{"people", "S10.G00.00.001,'PAIE'\r\nS10.G00.02.004,'paie@example.org'\r\nS21.G00.06.001,'732829320'\r\nS21.G00.30.001,'1850578006084'\r\nS21.G00.30.002,'DURAND'\r\nS21.G00.40.001,'01022020'\r\nS21.G00.40.001,'01022024'\r\nS21.G00.30.002,'D'ARC'\r\nS21.G00.51.013,'12.50'\r\nS90.G00.90.001,'9'\r\n", `
people: S21.G00.30.001,S21.G00.30.002,S21.G00.40.001,S21.G00.51.013
  1850578006084|DURAND|01022020; 01022024
  -|D'ARC|-|12.50
declaration: S10.G00.00.001,S10.G00.02.004,S21.G00.06.001,S90.G00.90.001
  PAIE|paie@example.org|732829320|9
`},
	{"two declarations", "S10.G00.00.001,'A'\nS21.G00.30.001,'1'\nS10.G00.00.001,'B'\nS21.G00.30.001,'2'\n", `
people: S21.G00.30.001
  1
  2
declaration: S10.G00.00.001
  A
  B
`},
}

func TestRubrics(t *testing.T) { try(t, rubricFormat{}, "x.dsn", rubricCases) }

var hl7Cases = []sample{
	{"patients", "MSH|^~\\&|A|B|C|D|20250110||ADT^A01|1|P|2.5\rPID|1||12^^^H||LE GOFF^ZO\xc9||19631218|F|||3 RUE A^^BREST^^29200~4 RUE B||0639980001\rDG1|1||I10^HTA\rDG1|2||E66\\T\\^x\rMSH|^~\\&|A\rPID|1||13\r", `
: MSH-3,MSH-4,MSH-5,MSH-6,MSH-7,MSH-9.1,MSH-9.2,MSH-10,MSH-11,MSH-12,PID-1,PID-3.1,PID-3.4,PID-5.1,PID-5.2,PID-7,PID-8,PID-11.1,PID-11.3,PID-11.5,PID-13,DG1-1,DG1-3.1,DG1-3.2
  A|B|C|D|20250110|ADT|A01|1|P|2.5|1|12|H|LE GOFF|ZOÉ|19631218|F|3 RUE A; 4 RUE B|BREST|29200|0639980001|1; 2|I10; E66&|HTA; x
  A|-|-|-|-|-|-|-|-|-|1|13|-|-|-|-|-|-|-|-|-|-|-|-
`},
}

func TestHL7(t *testing.T) { try(t, segmentFormat{hl7: true}, "x.hl7", hl7Cases) }

var edifactCases = []sample{
	{"messages", "UNA:+.? 'UNB+UNOC:3+A+B'UNH+1+MEDPID:D'NAD+PAT+12:X++DUPONT?'S:ANA'UNT+3+1'UNH+2'NAD+PAT++++1 RUE B'", `
: UNB-1.1,UNB-1.2,UNB-2,UNB-3,UNH-1,UNH-2.1,UNH-2.2,NAD.PAT-1,NAD.PAT-2.1,NAD.PAT-2.2,NAD.PAT-4.1,NAD.PAT-4.2,UNT-1,UNT-2,NAD.PAT-5
  UNOC|3|A|B
  -|-|-|-|1|MEDPID|D|PAT|12|X|DUPONT'S|ANA|3|1
  -|-|-|-|2|-|-|PAT|-|-|-|-|-|-|1 RUE B
`},
}

// The people of a passenger list are rows, each with what follows on it.
func TestGroups(t *testing.T) {
	try(t, segmentFormat{}, "x.edi", []sample{{"passengers", "UNB+UNOA:4+A+B'UNH+1+PAXLST:D'NAD+MS+++AIR'NAD+FL+++DUPONT:ANA'DTM+329:900203'RFF+AVF:G92'RFF+SEA:2A'NAD+FL+++LE GOFF:YANN'DTM+329:910203'NAD+FL+++DIALLO:ZOE'DTM+36:260101'CNT+42:3'UNT+9+1'UNZ+1+7'", `
: UNB-1.1,UNB-1.2,UNB-2,UNB-3,UNH-1,UNH-2.1,UNH-2.2,NAD.MS-1,NAD.MS-4,CNT.42-1.1,CNT.42-1.2,UNT-1,UNT-2,UNZ-1,UNZ-2
  UNOA|4|A|B
  -|-|-|-|1|PAXLST|D|MS|AIR
  -|-|-|-|-|-|-|-|-|42|3|9|1|1|7
NAD.FL: NAD.FL-1,NAD.FL-4.1,NAD.FL-4.2,DTM.329-1.1,DTM.329-1.2,RFF.AVF-1.1,RFF.AVF-1.2,RFF.SEA-1.1,RFF.SEA-1.2,DTM.36-1.1,DTM.36-1.2
  FL|DUPONT|ANA|329|900203|AVF|G92|SEA|2A
  FL|LE GOFF|YANN|329|910203|-|-|-|-
  FL|DIALLO|ZOE|-|-|-|-|-|-|36|260101
`}})
}

func TestEDIFACT(t *testing.T) { try(t, segmentFormat{}, "x.edi", edifactCases) }
