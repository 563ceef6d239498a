package main

import (
	"bytes"
	"encoding/binary"
)

// icnsTypes names the pictures of an icon of macOS and says how many pixels each
// is wide. The same size has two names where it is also a smaller one for Retina.
var icnsTypes = []struct {
	name string
	size int
}{
	{"ic11", 32},
	{"ic12", 64},
	{"ic07", 128},
	{"ic13", 256},
	{"ic08", 256},
	{"ic14", 512},
	{"ic09", 512},
	{"ic10", 1024},
}

// icnsHead is how many bytes stand before the pictures, and before each of them: a
// name, and a length that counts itself.
const icnsHead = 8

// icns makes an icon of macOS: pictures, as PNG, each behind its name and length.
func icns(from string) ([]byte, error) {
	var body bytes.Buffer
	for _, t := range icnsTypes {
		data, err := picture(from, t.size)
		if err != nil {
			return nil, err
		}
		body.WriteString(t.name)
		write(&body, binary.BigEndian, uint32(icnsHead+len(data)))
		body.Write(data)
	}
	var file bytes.Buffer
	file.WriteString("icns")
	write(&file, binary.BigEndian, uint32(icnsHead+body.Len()))
	file.Write(body.Bytes())
	return file.Bytes(), nil
}
