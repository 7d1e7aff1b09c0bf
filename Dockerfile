# The command alone, which needs nothing else: no libc, no shell.
#   docker build -t bowstring .
#   docker run --rm -v "$PWD:/data" bowstring sweep my.yaml --bundle us8
FROM golang:1.26 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o /bowstring ./cmd/bowstring

FROM scratch
COPY --from=build /bowstring /bowstring
ENV BOWSTRING_STORE=/data/store
WORKDIR /data
ENTRYPOINT ["/bowstring"]
