#!/bin/sh
# What `picks import` writes into sidecars, read back by exiftool and by darktable, which keep what was there before.
#
#   tests/picks/read_back.sh PROGRAM PHOTO.jpg
set -eu
program=$1
photo=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

is() {
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'not ok: %s: wanted "%s", got "%s"\n' "$1" "$2" "$3"
    fi
}

mkdir -p "$work/site/galleries/lake" "$work/raw" "$work/keep"
printf 'title = "Lake"\ncontact = "a@example.com"\n' >"$work/site/site.toml"
# A photo with words of its own, in XMP and in IPTC: a new sidecar takes them along.
exiftool -q -all= -XMP-dc:Title='Own title' -XMP-dc:Subject=own -IPTC:By-line='Ada Vik' -IPTC:CodedCharacterSet=UTF8 -o "$work/photo.jpg" "$photo"
photo=$work/photo.jpg
for name in DSC_0001 DSC_0002 DSC_0003; do
    cp "$photo" "$work/site/galleries/lake/$name.jpg"
    cp "$photo" "$work/raw/$name.jpg"
    # Nothing looks into a RAW file here: its name counts.
    cp "$photo" "$work/raw/$name.NEF"
done
printf 'Album (2)\nDSC_0001, DSC_0002\n\nPrints & frames\nDSC_0002, DSC_0003\n' >"$work/favourites.txt"

import() {
    "$program" --site "$work/site" picks import "$work/favourites.txt" --originals "$work/raw" "$@" >"$work/import.log" 2>&1 || {
        cat "$work/import.log"
        is "import $*" 0 "not 0"
    }
}
values() { exiftool -s3 -sep '|' "$@"; }
# Exports a photo with a sidecar, as a person would who has the folder open; the picture carries the metadata as darktable reads it.
develop() {
    rm -f "$work/out.jpg"
    darktable-cli "$1" "$2" "$work/out.jpg" --width 32 --core --configdir "$work/darktable" --library :memory: \
        --conf write_sidecar_files=never >"$work/darktable.log" 2>&1 || cat "$work/darktable.log"
}

before=$(sha256sum "$work"/raw/*.jpg "$work"/raw/*.NEF)

# A sidecar of exiftool's making, with things that are nobody's business here.
exiftool -q -o "$work/raw/DSC_0002.xmp" -XMP-xmp:Rating=0 -XMP-dc:Subject=lake -XMP-dc:Subject='Ida & Mara' \
    -XMP-lr:HierarchicalSubject='people|Ida' -XMP-crs:Exposure2012=+0.35 -XMP-crs:HasCrop=True -XMP-dc:Title-de='Am See' \
    -XMP-xmpMM:HistoryAction=saved -XMP-exif:GPSLatitude=54.5
exiftool -q -o "$work/raw/DSC_0003.xmp" -XMP-xmp:Rating=2 -XMP-xmp:Label=Red
cp "$work"/raw/*.xmp "$work/keep"
import --xmp lightroom --rating 5 --label Green
is "a new sidecar" "5|Green|own|Album|Own title|Ada Vik" \
    "$(values -Rating -Label -Subject -Title -Creator "$work/raw/DSC_0001.xmp" | paste -sd '|')"
is "a merged sidecar" "5|Green|lake|Ida & Mara|Album|Prints & frames" "$(values -Rating -Label -Subject "$work/raw/DSC_0002.xmp" | paste -sd '|')"
is "keywords in a hierarchy" "people|Ida|Album|Prints & frames" "$(values -HierarchicalSubject "$work/raw/DSC_0002.xmp")"
is "a person's rating and label" "2|Red|Prints & frames" "$(values -Rating -Label -Subject "$work/raw/DSC_0003.xmp" | paste -sd '|')"
rest() { exiftool -a -G1 -s -XMP:all -x Rating -x Label -x Subject -x HierarchicalSubject "$1"; }
for name in DSC_0002 DSC_0003; do
    is "all else of $name" "$(rest "$work/keep/$name.xmp")" "$(rest "$work/raw/$name.xmp")"
done
for name in DSC_0001 DSC_0002 DSC_0003; do
    is "$name is valid" "OK" "$(values -Validate "$work/raw/$name.xmp")"
done
cp "$work"/raw/*.xmp "$work/keep"
import --xmp lightroom --rating 5 --label Green
for name in DSC_0001 DSC_0002 DSC_0003; do
    is "$name, imported again" "$(cat "$work/keep/$name.xmp")" "$(cat "$work/raw/$name.xmp")"
done
rm "$work"/raw/*.xmp

# A sidecar of darktable's own, with a history of edits. It gives a new photo one star.
darktable-cli "$work/raw/DSC_0002.jpg" "$work/own.jpg" --width 32 --core --configdir "$work/darktable" --library :memory: \
    --conf 'write_sidecar_files=on import' >"$work/darktable.log" 2>&1 || cat "$work/darktable.log"
cp "$work/raw/DSC_0002.jpg.xmp" "$work/keep/own.xmp"
rm "$work"/raw/*.NEF
import --xmp darktable --rating 4 --label Purple
develop "$work/raw/DSC_0001.jpg" "$work/raw/DSC_0001.jpg.xmp"
is "darktable reads a new sidecar" "4|4|Album|own|Own title|Ada Vik" \
    "$(values -XMP-xmp:Rating -XMP-darktable:Colorlabels -Subject -Title -Creator "$work/out.jpg" | paste -sd '|')"
develop "$work/raw/DSC_0002.jpg" "$work/raw/DSC_0002.jpg.xmp"
is "darktable reads its own sidecar" "1|4|Album|Prints & frames|own" \
    "$(values -XMP-xmp:Rating -XMP-darktable:Colorlabels -Subject "$work/out.jpg" | paste -sd '|')"
edits() { exiftool -a -s -XMP-darktable:all "$1"; }
is "darktable's edits" "$(edits "$work/keep/own.xmp")" "$(edits "$work/raw/DSC_0002.jpg.xmp")"

is "the photos" "$(printf '%s\n' "$before" | grep 'jpg$')" "$(sha256sum "$work"/raw/*.jpg)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
