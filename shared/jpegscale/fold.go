package jpegscale

// The averages of two, four or eight neighbouring samples of a block are a smaller
// inverse DCT of its coefficients: with x the cosines of a coefficient u,
//
//	(cos((2x+1)uπ/16) + cos((2x+3)uπ/16)) / 2 = cos(uπ/16) cos((2k+1)uπ/8)  for x = 2k
//
// and the cosines of u = 5, 6, 7 at the four places k are those of 3, 2, 1, negative.
// So each of eight coefficients is multiplied by a weight and added to one of four, or
// of two; and the rest is an inverse DCT of four or two. libjpeg's reduced-size
// transforms come to the same numbers.

// weight says to which coefficient of the smaller transform one of eight is added, and
// times what. The factors of the smaller transform itself are in it, too.
type weight struct {
	to byte
	by float64
}

// What the names mean: cN is cos(Nπ/16).
const (
	c1 = 0.980785280403230449
	c2 = 0.923879532511286756
	c3 = 0.831469612302545237
	c4 = 0.707106781186547524
	c5 = 0.555570233019602225
	c6 = 0.382683432365089772
	c7 = 0.195090322016128268
)

var (
	fold4 = [8]weight{{0, c4 / 2}, {1, c1 * c2 / 2}, {2, c2 * c4 / 2}, {3, c3 * c2 / 2}, {}, {3, -c5 * c2 / 2}, {2, -c6 * c4 / 2}, {1, -c7 * c2 / 2}}
	fold2 = [8]weight{{0, c4 / 2}, {1, c1 * c2 * c4 / 2}, {}, {1, -c3 * c6 * c4 / 2}, {}, {1, c5 * c6 * c4 / 2}, {}, {1, -c7 * c2 * c4 / 2}}
	fold1 = [8]weight{{0, c4 / 2}}
)

// foldBits is how many bits of a folded coefficient are behind the point.
const foldBits = 14

// folds are what the coefficients of a component become: by zigzag number, the place in
// the 4x4 block in the 4 lowest bits, above them the weight times the quantisation.
type folds struct {
	fold  [64]int32
	quant [64]byte
	size  int
}

// make makes them, unless they are for that already.
func (f *folds) make(quant *[64]byte, size int) {
	if f.size == size && f.quant == *quant {
		return
	}
	f.size, f.quant = size, *quant
	weights := &fold4
	switch size {
	case 2:
		weights = &fold2
	case 1:
		weights = &fold1
	}
	for k, place := range zigzag {
		v, u := weights[place>>3], weights[place&7]
		w := u.by * v.by * float64(quant[k]) * (1 << foldBits)
		f.fold[k] = int32(round(w))<<4 | int32(v.to<<2|u.to)
	}
}

func round(f float64) float64 {
	if f < 0 {
		return float64(int32(f - 0.5))
	}
	return float64(int32(f + 0.5))
}

const (
	// middle is the sample 128, to which a block's are relative, and a half for rounding.
	middle = 128<<foldBits + 1<<(foldBits-1)
	// 53/128 is tan(π/8), to 4 digits.
	tanMul, tanShift = 53, 7
)

// sample returns a sample that has foldBits behind the point.
func sample(v int32) byte {
	if v >>= foldBits; uint32(v) > 255 {
		return byte(^v >> 31)
	}
	return byte(v)
}

// inverse4 is the inverse DCT of 4x4, T.81 A.3.3 with 4 for 8.
func inverse4(b *[16]int32, out []byte, stride int) {
	b[0] += middle
	for i := range 4 {
		x0, x1, x2, x3 := b[i], b[4+i], b[8+i], b[12+i]
		e0, e1 := x0+x2, x0-x2
		o0, o1 := x1+x3*tanMul>>tanShift, x1*tanMul>>tanShift-x3
		b[i], b[4+i], b[8+i], b[12+i] = e0+o0, e1+o1, e1-o1, e0-o0
	}
	for i := range 4 {
		x0, x1, x2, x3 := b[4*i], b[4*i+1], b[4*i+2], b[4*i+3]
		e0, e1 := x0+x2, x0-x2
		o0, o1 := x1+x3*tanMul>>tanShift, x1*tanMul>>tanShift-x3
		o := out[i*stride : i*stride+4 : i*stride+4]
		o[0], o[1], o[2], o[3] = sample(e0+o0), sample(e1+o1), sample(e1-o1), sample(e0-o0)
	}
}

// inverse2 is that of 2x2. The coefficients stand where they do in 4x4.
func inverse2(b *[16]int32, out []byte, stride int) {
	b[0] += middle
	s, t, u, v := b[0]+b[1], b[0]-b[1], b[4]+b[5], b[4]-b[5]
	o := out[stride : stride+2]
	out[0], out[1], o[0], o[1] = sample(s+u), sample(t+v), sample(s-u), sample(t-v)
}

// fill is that of a block of which only the first coefficient is not zero, or counts.
func fill(dc int32, out []byte, stride, size int) {
	v := sample(dc + middle)
	for i := range size {
		row := out[i*stride : i*stride+size]
		for j := range row {
			row[j] = v
		}
	}
}
