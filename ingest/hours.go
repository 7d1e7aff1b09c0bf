package ingest

import (
	"time"

	"github.com/bowstring-engine/bowstring/ingest/internal/value"
)

// repeatedHours tells the two passes through an hour that clocks showed twice
// apart, where local times have no offset and the order of rows decides it: rows
// of the hour that follow each other and step back, or stay, just once. times are
// those of an asset by arrival, every one of such an hour as its first pass.
func repeatedHours(times []int64, spans []span) {
	for k, s := range spans {
		end := len(times)
		if k+1 < len(spans) {
			end = spans[k+1].start
		}
		if zone := s.source.layout.LocalZone; zone != nil {
			repeatedIn(times[s.start:end], zone)
		}
	}
}

// repeatedIn is repeatedHours for the rows of one source.
func repeatedIn(times []int64, zone *time.Location) {
	for from := 0; from < len(times); {
		shift := value.Repeated(times[from], zone)
		if shift == 0 {
			from++
			continue
		}
		back, at, end := 0, 0, from+1
		for ; end < len(times) && value.Repeated(times[end], zone) == shift && times[end]-times[from] < shift && times[from]-times[end] < shift; end++ {
			if times[end] <= times[end-1] {
				back, at = back+1, end
			}
		}
		if back == 1 {
			for i := at; i < end; i++ {
				times[i] += shift
			}
		}
		from = end
	}
}
