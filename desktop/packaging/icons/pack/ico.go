package main

import (
	"bytes"
	"encoding/binary"
)

// icoSizes are the pixels that Windows asks for from 100 to 400 % scaling: title
// bar, list, task bar, desktop.
var icoSizes = []int{16, 20, 24, 32, 40, 48, 64, 128, 256}

// icoEntry is an ICONDIRENTRY: where one picture is in the file.
type icoEntry struct {
	Width, Height    uint8 // 0 is 256
	Colours, _       uint8
	Planes, BitCount uint16
	Bytes, Offset    uint32
}

// ico makes an icon of Windows: a head of three numbers, an entry for each picture,
// and the pictures, as PNG, which Windows reads since Vista.
func ico(from string) ([]byte, error) {
	var head, body bytes.Buffer
	write(&head, binary.LittleEndian, [...]uint16{0, 1, uint16(len(icoSizes))})
	start := head.Len() + len(icoSizes)*binary.Size(icoEntry{})
	for _, size := range icoSizes {
		data, err := picture(from, size)
		if err != nil {
			return nil, err
		}
		write(&head, binary.LittleEndian, icoEntry{
			Width: uint8(size), Height: uint8(size), Planes: 1, BitCount: 32,
			Bytes: uint32(len(data)), Offset: uint32(start + body.Len()),
		})
		body.Write(data)
	}
	return append(head.Bytes(), body.Bytes()...), nil
}

// write adds numbers of fixed sizes to b, which cannot fail.
func write(b *bytes.Buffer, order binary.ByteOrder, numbers any) {
	_ = binary.Write(b, order, numbers)
}
