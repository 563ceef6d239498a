// Package mjpeg cuts camera byte streams into whole JPEGs and writes and reads
// them as multipart/x-mixed-replace, the format every browser shows in an <img>.
//
// The bytes on the wire are what browsers, ffmpeg, OpenCV, VLC and go2rtc all
// accept: a boundary before the first part, CRLF everywhere, image/jpeg.
package mjpeg
