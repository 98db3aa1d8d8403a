package weather

import "strings"

// grid is a map of the departments in tiles: each has the same size, and lies
// about where it lies. It is drawn by hand, so that no map of somebody else's
// is needed; -- is sea or a neighbour.
const grid = `
--  --  --  --  --  --  62  59  --  --  --  --
--  --  --  --  76  80  60  02  08  --  --  --
--  --  50  14  27  95  93  77  51  55  57  --
29  22  35  61  28  78  75  94  10  52  54  67
--  56  53  72  41  91  92  45  89  70  88  68
--  44  49  37  36  18  58  21  39  25  90  --
--  85  79  86  23  03  71  01  74  --  --  --
--  17  16  87  63  42  69  38  73  --  --  --
--  33  24  19  15  43  07  26  05  --  --  --
--  40  47  46  12  48  30  84  04  06  --  --
--  64  32  82  81  34  13  83  --  --  2B  --
--  --  65  31  09  11  66  --  --  --  2A  --
--  --  --  --  --  --  --  --  --  --  --  --
971 972 973 974 976 --  975 977 978 986 987 988
--  --  --  --  --  --  --  --  --  --  984 989
`

// tile is where a department is drawn.
type tile struct {
	code string
	x, y int
}

func tiles() (out []tile) {
	for y, line := range strings.Split(strings.TrimSpace(grid), "\n") {
		for x, code := range strings.Fields(line) {
			if code != "--" {
				out = append(out, tile{code, x, y})
			}
		}
	}
	return out
}
