"""Writes what a camera and a careful photographer would have written: label.py RENDERED_FOLDER SITE_FOLDER

Reads pictures.json; needs `exiftool`. Different pictures get different blocks (EXIF, IPTC, XMP) and fields,
so that the order in which Safelight falls back from one to the next can be seen on the site.
"""

import json
import os
import shutil
import subprocess
import sys

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
LICENCE = "https://creativecommons.org/licenses/by-nc/4.0/"


def tags(camera, picture):
    """The exiftool assignments for one picture."""
    taken = picture["taken"].replace("-", ":", 2).replace("T", " ")
    year = picture["taken"][:4]
    notice = f"© {year} {camera['artist']}"
    blocks = picture["blocks"]
    out = []

    def put(tag, value):
        out.append(f"-{tag}={value}")

    for tag in ("EXIF:DateTimeOriginal", "EXIF:CreateDate", "EXIF:ModifyDate"):
        put(tag, taken)
    for tag in ("EXIF:OffsetTime", "EXIF:OffsetTimeOriginal", "EXIF:OffsetTimeDigitized"):
        put(tag, picture["zone"])
    if "fraction" in picture:
        put("EXIF:SubSecTimeOriginal", picture["fraction"])
    put("EXIF:Make", camera["make"])
    put("EXIF:Model", camera["model"])
    put("EXIF:Software", camera["software"])
    put("EXIF:SerialNumber", camera["serial"])
    put("EXIF:LensMake", camera["make"])
    put("EXIF:LensModel", picture["lens"])
    put("EXIF:LensSerialNumber", f"{sum(map(ord, picture['lens'])) * 37:07d}")
    put("EXIF:FocalLength", picture["focal"])
    put("EXIF:FocalLengthIn35mmFormat", round(picture["focal"]))
    put("EXIF:FNumber", picture["aperture"])
    put("EXIF:ExposureTime", picture["shutter"])
    put("EXIF:ISO", picture["iso"])
    put("EXIF:ExposureProgram", "Aperture-priority AE")
    put("EXIF:MeteringMode", "Multi-segment")
    put("EXIF:Flash", "Off, Did not fire")
    put("EXIF:WhiteBalance", "Auto")
    put("EXIF:ColorSpace", "sRGB")
    put("EXIF:Artist", camera["artist"])
    put("EXIF:Copyright", notice)
    if "gps" in picture:
        latitude, longitude, height = picture["gps"]
        put("EXIF:GPSLatitude", latitude)
        put("EXIF:GPSLatitudeRef", "N")
        put("EXIF:GPSLongitude", longitude)
        put("EXIF:GPSLongitudeRef", "E")
        put("EXIF:GPSAltitude", height)
        put("EXIF:GPSAltitudeRef", "Above Sea Level")
    if blocks == ["exif"] or "xmp" not in blocks:
        if "caption" in picture:
            put("EXIF:ImageDescription", picture["caption"])
    if "iptc" in blocks:
        put("IPTC:CodedCharacterSet", "UTF8")
        put("IPTC:By-line", camera["artist"])
        put("IPTC:Credit", f"{camera['artist']} / Safelight")
        put("IPTC:CopyrightNotice", notice)
        put("IPTC:DateCreated", taken[:10])
        put("IPTC:TimeCreated", taken[11:] + picture["zone"])
        if "title" in picture:
            put("IPTC:ObjectName", picture["title"])
        if "caption" in picture:
            put("IPTC:Caption-Abstract", picture["caption"])
        for word in picture["keywords"]:
            put("IPTC:Keywords", word)
        if "place" in picture:
            put("IPTC:City", picture["place"]["city"])
            put("IPTC:Country-PrimaryLocationName", picture["place"]["country"])
    if "xmp" in blocks:
        put("XMP-dc:Creator", camera["artist"])
        put("XMP-dc:Rights", notice)
        put("XMP-photoshop:Credit", f"{camera['artist']} / Safelight")
        put("XMP-photoshop:DateCreated", picture["taken"] + picture["zone"])
        put("XMP-xmpRights:WebStatement", LICENCE)
        put("XMP-xmpRights:Marked", "True")
        put("XMP-plus:LicensorURL", LICENCE)
        if "title" in picture:
            put("XMP-dc:Title", picture["title"])
        if "caption" in picture:
            put("XMP-dc:Description", picture["caption"])
        if "alt" in picture:
            put("XMP-iptcCore:AltTextAccessibility", picture["alt"])
        for word in picture["keywords"]:
            put("XMP-dc:Subject", word)
    return out


def main():
    rendered, site = sys.argv[1], sys.argv[2]
    with open(os.path.join(HERE, "pictures.json"), encoding="utf-8") as opened:
        recipe = json.load(opened)
    for name, picture in recipe["pictures"].items():
        source = os.path.join(rendered, name + ".jpg")
        if not os.path.exists(source):
            continue
        target = os.path.join(site, picture["file"])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
        # Held upright, the camera writes the frame lying down and says so in its orientation.
        orientation = ["-EXIF:Orientation#=6"] if picture.get("turned") else []
        with Image.open(target) as opened:
            width, height = opened.size
        size = [f"-EXIF:ExifImageWidth={width}", f"-EXIF:ExifImageHeight={height}"]
        subprocess.run(["exiftool", "-q", "-overwrite_original", "-codedcharacterset=utf8", *tags(recipe["camera"], picture), *orientation, *size, target], check=True)
        print(picture["file"], os.path.getsize(target) // 1024, "KiB")


main()
