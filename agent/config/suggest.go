package config

import "fmt"

// didYouMean returns `; did you mean X?` with the name that word was most
// probably meant to be, or nothing.
func didYouMean(word, prefix string, names []string) string {
	best := closest(word, names)
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s%s?", prefix, best)
}

// closest returns the name that is at most two typing mistakes away from word
// (one for short words), "" when there is none.
func closest(word string, names []string) string {
	best, limit := "", 2
	if len(word) < 5 {
		limit = 1
	}
	for _, name := range names {
		if d := distance(word, name); d <= limit {
			best, limit = name, d-1
		}
	}
	return best
}

// distance counts the letters to insert, drop or change to get from a to b
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
