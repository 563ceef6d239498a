package jpegscale

// The forward DCT is that of Arai, Agui and Nakajima (1988): five multiplications for
// eight samples, and each coefficient comes out times gains, which the quantisation
// takes away.

// gains are how much larger than in T.81 A.3.3 a coefficient comes out, by its
// row, and by its column: √8, and 4 cos(uπ/16) for the others.
var gains = [8]float64{2.828427125, 3.923141122, 3.695518130, 3.325878449, 2.828427125, 2.222280932, 1.530733729, 0.780361288}

const (
	// quantShift is how many bits of a reciprocal are behind the point.
	quantShift = 18
	// deadZone is what of a step becomes 0: 0.6. With 0.5 a picture takes a tenth more
	// bytes, most of them for noise, and is nearer to the source by 0.1 dB.
	deadZone = 6 << quantShift / 10
)

// quantiser divides coefficients by the steps of a quantisation table, and rounds.
type quantiser struct {
	steps      [64]byte  // in zigzag order, as the rest
	reciprocal [64]int32 // of step and gains
	least      [64]int32 // in the 6 lowest bits the place, above them the largest coefficient that becomes 0
}

// make makes the tables, unless they are for these steps already.
func (q *quantiser) make(steps *[64]byte) {
	if q.steps == *steps {
		return
	}
	q.steps = *steps
	for k, z := range zigzag {
		r := int32((1<<quantShift)/(float64(steps[k])*gains[z>>3]*gains[z&7]) + 0.5)
		q.reciprocal[k], q.least[k] = r, deadZone/r<<6|int32(z)
	}
}

// quantise returns coefficient k. No 8-bit samples have more than 1023 steps.
func (q *quantiser) quantise(c int32, k int) int32 {
	sign := c >> 31
	v := (((c^sign)-sign)*q.reciprocal[k] + 1<<(quantShift-1)) >> quantShift
	return (min(v, 1023) ^ sign) - sign
}

// forward transforms the 8x8 samples at pix. between is memory for it.
func forward(b, between *[64]int32, pix []byte, stride int) {
	for y := range 8 {
		p, o := (*[8]byte)(pix[y*stride:]), (*[8]int32)(b[8*y:])
		for x, v := range p {
			o[x] = int32(v)
		}
	}
	forwardColumns(between, b)
	forwardColumns(b, between)
	b[0] -= 64 * 128 // samples are relative to 128
}

// Multipliers of the flow graph, with 13 bits behind the point: the cosines and
// their differences.
const (
	cos4     = 5793  // cos(4π/16)
	cos6     = 3135  // cos(6π/16)
	cos2less = 4433  // cos(2π/16) - cos(6π/16)
	cos2more = 10703 // cos(2π/16) + cos(6π/16)
	cosHalf  = 1 << 12
	cosShift = 13
)

// forwardColumns transforms the columns of in. They become the rows of out.
func forwardColumns(out, in *[64]int32) {
	for i := range 8 {
		x0, x1, x2, x3, x4, x5, x6, x7 := in[i], in[8+i], in[16+i], in[24+i], in[32+i], in[40+i], in[48+i], in[56+i]
		s0, d0, s1, d1 := x0+x7, x0-x7, x1+x6, x1-x6
		s2, d2, s3, d3 := x2+x5, x2-x5, x3+x4, x3-x4
		y := out[8*i : 8*i+8 : 8*i+8]

		a, b, c, d := s0+s3, s0-s3, s1+s2, s1-s2
		r := ((d+b)*cos4 + cosHalf) >> cosShift
		y[0], y[4], y[2], y[6] = a+c, a-c, b+r, b-r

		e, f, g := d3+d2, d2+d1, d1+d0
		t := (e-g)*cos6 + cosHalf
		u, v := (e*cos2less+t)>>cosShift, (g*cos2more+t)>>cosShift
		w := (f*cos4 + cosHalf) >> cosShift
		m, n := d0+w, d0-w
		y[1], y[3], y[5], y[7] = m+v, n-u, n+u, m-v
	}
}
