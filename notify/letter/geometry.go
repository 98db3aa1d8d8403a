package letter

// The address stands in the box that the windows of both envelopes show at
// every slide of the sheet; the body begins below whatever they may show. See
// Windows, from which a test derives them.
const (
	BoxLeft, BoxRight, BoxTop, BoxBottom = 110.0, 190.0, 57.0, 79.0

	bodyTop = 104.0
)

// Zone is a rectangle of the sheet, in millimetres from its top left corner.
type Zone struct{ Left, Top, Right, Bottom float64 }

// Window is what the window of an envelope shows of the sheet, which slides in
// it: Always is seen at every slide, Ever at one slide or another.
type Window struct {
	Name         string
	Always, Ever Zone
}

// Windows are those of the two envelopes that a letter must fit.
//
// DL is 110 x 220 with a window of 100 x 35, 20 from the right and the bottom;
// a sheet folded to 210 x 99 slides by 10 sideways and 11 up and down. C5 is
// 162 x 229 with a window of 100 x 45, 20 from the right and 60 from the bottom; a sheet
// folded to 210 x 148.5 slides by 19 and 13.5.
func Windows() []Window {
	return []Window{
		slide("DL", 220, 110, 35, 20, 99),
		slide("C5", 229, 162, 45, 60, 148.5),
	}
}

// slide derives what is seen through a window 100 wide and 20 from the right,
// from the envelope, the window's height and place, and the folded sheet's.
func slide(name string, wide, high, window, below, folded float64) Window {
	left, right := wide-120, wide-20
	top, bottom := high-below-window, high-below
	sideways, upright := wide-210, high-folded
	return Window{name,
		Zone{left, top, right - sideways, bottom - upright},
		Zone{left - sideways, top - upright, right, bottom}}
}
