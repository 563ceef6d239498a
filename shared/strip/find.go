package strip

import (
	"image"
	"image/draw"
)

const (
	threshold = 128
	minRows   = 3 // rows that must agree before a mark is believed
)

// Found is one strip in a picture.
type Found struct {
	Mark
	Rect image.Rectangle // where its cells are
}

// Find returns every strip in a picture or screenshot, at any scale down to
// about 2.5 pixels a cell (150 pixels a strip), in reading order.
func Find(img image.Image) []Found {
	b := img.Bounds()
	rgba, ok := img.(*image.RGBA)
	if !ok {
		rgba = image.NewRGBA(b)
		draw.Draw(rgba, b, img, b.Min, draw.Src)
	}
	row := make([]bool, b.Dx())
	var open, found []Found
	for y := b.Min.Y; y < b.Max.Y; y++ {
		readRow(rgba, y, row)
		var here []Found
		for _, f := range scanRow(row) {
			f.Rect = f.Rect.Add(image.Pt(b.Min.X, y))
			here = append(here, extend(open, f))
		}
		found = append(found, closed(open, here)...)
		open = here
	}
	return append(found, closed(open, nil)...)
}

// extend joins f with the strip right above it that says the same.
func extend(open []Found, f Found) Found {
	for _, o := range open {
		if o.Mark == f.Mark && o.Rect.Max.Y == f.Rect.Min.Y && !o.Rect.Add(image.Pt(0, 1)).Intersect(f.Rect).Empty() {
			f.Rect = f.Rect.Union(o.Rect)
			return f
		}
	}
	return f
}

// closed returns the strips of open that here does not go on with.
func closed(open, here []Found) []Found {
	var done []Found
	for _, o := range open {
		goesOn := false
		for _, h := range here {
			goesOn = goesOn || h.Mark == o.Mark && h.Rect.Min.Y == o.Rect.Min.Y
		}
		if !goesOn && o.Rect.Dy() >= minRows {
			done = append(done, o)
		}
	}
	return done
}

// readRow turns one row into black and white by its luma (Rec. 601 weights).
func readRow(img *image.RGBA, y int, row []bool) {
	pix := img.Pix[img.PixOffset(img.Rect.Min.X, y):]
	for x := range row {
		p := pix[4*x : 4*x+3]
		row[x] = 299*int(p[0])+587*int(p[1])+114*int(p[2]) >= 1000*threshold
	}
}

// scanRow finds strips in one row: five runs of about equal width that begin
// with white may be a start pattern. Cells of a strip can look like one, too, and
// with those of the strip beside it like a whole strip: once in some thousand
// pictures. So no strip begins inside another one.
func scanRow(row []bool) []Found {
	var edges []int
	for x := 1; x < len(row); x++ {
		if row[x] != row[x-1] {
			edges = append(edges, x)
		}
	}
	var found []Found
	end := 0 // of the last one found
	for i := 0; i+5 < len(edges); i++ {
		if !row[edges[i]] || edges[i] < end {
			continue
		}
		if f, ok := readAt(row, edges[i:i+6]); ok {
			found = append(found, f)
			end = f.Rect.Max.X - int(float64(f.Rect.Dx())/cells) // the next one may touch it
		}
	}
	return found
}

// readAt reads the strip whose first runs have these six edges, trying cell
// widths around the measured one: half a pixel there is many at the far end.
func readAt(row []bool, edges []int) (Found, bool) {
	width := float64(edges[5]-edges[0]) / 5
	for i := 1; i < 6; i++ {
		if run := float64(edges[i] - edges[i-1]); run < width*0.5-1 || run > width*1.5+1 {
			return Found{}, false
		}
	}
	for step := range 41 {
		delta := float64((step+1)/2) * 0.01 // 0, +1 %, -1 %, +2 % … of a cell
		if step%2 == 0 {
			delta = -delta
		}
		w := width + delta*max(1, width*0.2)
		left := float64(edges[0]) - w // the first cell is black
		if m, ok := decode(row, left, w); ok {
			return Found{m, image.Rect(int(left), 0, int(left+w*cells+0.5), 1)}, true
		}
	}
	return Found{}, false
}

// decode samples the middle of every cell and checks what must hold.
func decode(row []bool, left, width float64) (Mark, bool) {
	var got [cells]bool
	for i := range got {
		x := int(left + (float64(i)+0.5)*width)
		if x < 0 || x >= len(row) {
			return Mark{}, false
		}
		got[i] = row[x]
		if i < startCells && got[i] != (i%2 == 1) {
			return Mark{}, false // most tries end here
		}
	}
	for i := range endCells {
		if got[startCells+dataCells+i] != (i%2 == 0) {
			return Mark{}, false
		}
	}
	var data uint64
	for _, bit := range got[startCells : startCells+dataCells] {
		data <<= 1
		if bit {
			data |= 1
		}
	}
	m := Mark{Camera: uint8(data >> 40), Frame: uint32(data >> 16 & 0xFFFFFF)}
	return m, m.bits() == got
}
