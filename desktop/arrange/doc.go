// Package arrange keeps how a person arranged the cameras on this computer.
package arrange
