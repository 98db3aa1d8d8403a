package proof

import (
	"bytes"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/color"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// annotate puts a note on the first page.
func annotate(in *bytes.Reader, out *bytes.Buffer) error {
	rect := types.NewRectangle(100, 100, 120, 120)
	note := model.NewTextAnnotation(*rect, 0, "note", "n1", "", 0, &color.Gray, "", nil, nil, "", "", 0, 0, 0, false, "Comment")
	return api.AddAnnotations(in, out, []string{"1"}, note, model.NewDefaultConfiguration())
}
