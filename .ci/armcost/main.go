// Armcost prints how many instructions a Pi's processor needs to make a frame
// smaller, by shared/jpegscale and by the standard library. It runs itself under
// qemu-user, which logs each block of instructions that it executes.
//
//	go run ./.ci/armcost
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"pigrid/shared/jpegscale"
)

const width, height, quality = 640, 480, 78

func main() {
	if len(os.Args) == 4 { // under qemu
		file, factor, times := os.Args[1], number(os.Args[2]), number(os.Args[3])
		jpeg, err := os.ReadFile(file)
		check(err)
		run(jpeg, factor, times)
		return
	}
	dir, err := os.MkdirTemp("", "armcost")
	check(err)
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "noisy.jpg")
	noisy := picture()
	check(os.WriteFile(file, noisy, 0o600))
	fmt.Printf("Millions of instructions for a frame of %dx%d, %d KB:\n\n| | armv6 | arm64 |\n| --- | ---: | ---: |\n", width, height, len(noisy)/1000)
	for _, way := range []struct {
		name   string
		factor int
	}{{"half", 2}, {"quarter", 4}, {"eighth", 8}, {"half, by the standard library", 0}} {
		fmt.Printf("| %s |", way.name)
		for _, arch := range []string{"arm", "arm64"} {
			fmt.Printf(" %.1f |", float64(cost(dir, arch, file, way.factor))/1e6)
		}
		fmt.Println()
	}
}

// cost returns the instructions for one frame: what two take more than one.
func cost(dir, arch, file string, factor int) int {
	program := filepath.Join(dir, arch)
	build := exec.Command("go", "build", "-o", program, "./.ci/armcost")
	build.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0", "GOARM=6", "GOARCH="+arch)
	build.Stderr = os.Stderr
	check(build.Run())
	emulator := map[string]string{"arm": "qemu-arm-static", "arm64": "qemu-aarch64-static"}[arch]
	count := func(times int) int {
		cmd := exec.Command(emulator, "-d", "in_asm,exec,nochain", program, file, strconv.Itoa(factor), strconv.Itoa(times))
		cmd.Env = append(os.Environ(), "GOGC=off", "GOMAXPROCS=1")
		log, err := cmd.StderrPipe()
		check(err)
		check(cmd.Start())
		n := instructions(log)
		check(cmd.Wait())
		return n
	}
	return count(2) - count(1)
}

// run scales a picture so many times; by 0 as the standard library does by 2.
func run(src []byte, factor, times int) {
	var s jpegscale.Scaler
	var out []byte
	for range times {
		if factor == 0 {
			img, err := jpeg.Decode(bytes.NewReader(src))
			check(err)
			check(jpeg.Encode(io.Discard, halved(img.(*image.YCbCr)), &jpeg.Options{Quality: quality}))
			continue
		}
		var err error
		out, err = s.Scale(out[:0], src, factor)
		check(err)
	}
}

// picture is a frame as cameras send it in the evening.
func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	rnd := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			v := 60 + (x*y/400)%120 + int(6*rnd.NormFloat64())
			img.SetRGBA(x, y, color.RGBA{uint8(v), uint8(v + y/8), uint8(v + x/8), 255})
		}
	}
	var b bytes.Buffer
	check(jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}))
	return b.Bytes()
}

// halved averages every 2x2 samples of a 4:2:0 picture of even size.
func halved(in *image.YCbCr) *image.YCbCr {
	out := image.NewYCbCr(image.Rect(0, 0, in.Rect.Dx()/2, in.Rect.Dy()/2), image.YCbCrSubsampleRatio420)
	half := func(to []byte, stride int, from []byte, fromStride int) {
		for y := range len(to) / stride {
			a, b, o := from[2*y*fromStride:], from[(2*y+1)*fromStride:], to[y*stride:][:stride]
			for x := range o {
				o[x] = byte((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
			}
		}
	}
	half(out.Y, out.YStride, in.Y, in.YStride)
	half(out.Cb, out.CStride, in.Cb, in.CStride)
	half(out.Cr, out.CStride, in.Cr, in.CStride)
	return out
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "armcost:", err)
		os.Exit(1)
	}
}
