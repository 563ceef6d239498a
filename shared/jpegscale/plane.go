package jpegscale

// plane is a strip of one component's samples.
type plane struct {
	pix           []byte
	stride        int
	width, height int // of the whole component in the output; samples behind are not of the picture
	lines         int // of a strip
	top           int // line of the component that the strip begins with
}

// make makes the plane ready for the first strip of a component.
func (p *plane) make(width, height, across, lines int) {
	// Whole MCUs of the output, also where two samples will be halved to one.
	stride := (across + 15) &^ 15
	if n := stride * lines; cap(p.pix) < n {
		p.pix = make([]byte, n)
	}
	*p = plane{pix: p.pix[:stride*lines], stride: stride, width: width, height: height, lines: lines}
}

// at returns the samples from a place on.
func (p *plane) at(x, y int) []byte { return p.pix[y*p.stride+x:] }

// finish repeats the last samples of the picture behind its edges, halves what has
// more chroma than 4:2:0, and goes on to the next strip.
func (p *plane) finish(hmax, vmax int, chroma bool) {
	lines := min(p.lines, p.height-p.top)
	for y := range lines {
		line := p.pix[y*p.stride : (y+1)*p.stride]
		last := line[p.width-1]
		for x := p.width; x < p.stride; x++ {
			line[x] = last
		}
	}
	last := p.at(0, lines-1)[:p.stride]
	for y := lines; y < p.lines; y++ {
		copy(p.at(0, y), last)
	}
	if chroma && vmax == 1 {
		p.halve(hmax == 1)
	}
	p.top += p.lines
}

// halve averages every two lines, and with both also every two samples of a line.
func (p *plane) halve(both bool) {
	for y := range p.lines / 2 {
		a, b := p.at(0, 2*y)[:p.stride], p.at(0, 2*y+1)[:p.stride]
		out := p.at(0, y)[:p.stride]
		if !both {
			for x := range out {
				out[x] = byte((uint(a[x]) + uint(b[x]) + 1) / 2)
			}
			continue
		}
		for x := range p.stride / 2 {
			out[x] = byte((uint(a[2*x]) + uint(a[2*x+1]) + uint(b[2*x]) + uint(b[2*x+1]) + 2) / 4)
		}
	}
}
