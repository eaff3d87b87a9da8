#!/usr/bin/python3
"""Writes the OTB+ and OTB4 files of samples/, from public descriptions of the formats alone: the
import scripts that OT Bioelettronica publishes, and what other importers say of the elements.

usage: make_otb_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of channel c (from 0, in its stream) is n = ((i * (7 + 2 * c)) % 201) - 100 converter steps,
times 1000 where samples have 24 bits or more; of float streams it is n / 4.
"""

import gzip
import io
import struct
import tarfile
import zipfile

from samples import write_or_check


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


def samples(channels, frames, width):
    out = []
    for i in range(frames):
        for c in range(channels):
            n = number(c, i)
            if width == 8:
                out.append(struct.pack("<d", n / 4))
            else:
                n *= 1 if width == 2 else 1000
                out.append(n.to_bytes(width, "little", signed=True))
    return b"".join(out)


def tar(entries, mode=tarfile.USTAR_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=mode, bufsize=512) as archive:
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    # Two blocks of zeros end an archive; the rest of the record of 10 KiB is left out.
    data = buffer.getvalue().rstrip(b"\0")
    return data.ljust(-(-len(data) // 512) * 512 + 1024, b"\0")


def zip_of(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 17, 10, 20, 30)), data)
    return buffer.getvalue()


def gzip_of(data):
    return gzip.compress(data, compresslevel=0, mtime=0)


# OTB+

def adapter(identity, start, gain, channels, first=0, **more):
    """channels: tuples of sensor, description, muscle, side."""
    extra = "".join(f' {key}="{value}"' for key, value in more.items())
    lines = [f'    <Adapter ID="{identity}" Description="{identity} adapter" Gain="{gain}"{extra} '
             f'AdapterIndex="0" ChannelStartIndex="{start}">']
    for index, (sensor, description, muscle, side) in enumerate(channels):
        lines.append(f'      <Channel Index="{first + index}" ID="{sensor}" '
                     f'Description="{description}" Muscle="{muscle}" Side="{side}" Prefix="" />')
    return "\n".join(lines + ["    </Adapter>"])


def device(name, bits, total, adapters, rate=2048):
    return (f'<?xml version="1.0" encoding="utf-8"?>\n<Device Name="{name}" '
            f'DeviceTotalChannels="{total}" Sources="1" SampleFrequency="{rate}" Firmware="1.0" '
            f'ad_bits="{bits}">\n  <Channels>\n' + "\n".join(adapters)
            + "\n  </Channels>\n</Device>\n").encode()


PATIENT = (b"<?xml version=\"1.0\"?>\n<patient><family_name>X</family_name>"
           b"<time>2024-05-17T10:20:30.250</time><place>Lab</place></patient>\n")
MARKERS = (b"<?xml version=\"1.0\"?>\n<ArrayOfMarker><Marker><Milliseconds>12.5</Milliseconds>"
           b"<Description>start of hold</Description></Marker><Marker><Milliseconds>20</Milliseconds>"
           b"<Description>Sync Pulse with code: 7</Description></Marker></ArrayOfMarker>\n")


def quattrocento():
    array = [("GR08MM1305", "8mm 64 electrodes array", "Tibialis Anterior", "Left")] * 64
    bipolar = [("CDE", "Bipolar electrode", "Soleus", "Right")] * 2
    xml = device("QUATTROCENTO", 16, 69, [
        adapter("AD1x64SE", 0, 150, array, HighPassFilter=10, LowPassFilter=500, DetectionMode=0),
        adapter("AD2x2DE", 64, 150, bipolar, HighPassFilter=10, LowPassFilter=500),
        adapter("Direct connection", 66, "0.5", [("AUX  Force", "Force", "Not defined", "-")]),
        adapter("AdapterControl", 67, 1, [("RampChannel", "Ramp", "-", "-"),
                                          ("BufferChannel", "Buffer", "-", "-")]),
    ])
    return [("20240517.sig", samples(69, 50, 2)), ("20240517.xml", xml), ("patient.xml", PATIENT),
            ("markers_0.xml", MARKERS), ("20240517_1.sip", samples(1, 4, 8)),
            ("20240517_1.pro", b"<ProcessingAbstract />\n")]


def one_input(name="DUE+", bits=16, gain=202, sensor="CDE", count=2, frames=60, first=0, stem="a",
              total=None):
    xml = device(name, bits, total or count, [adapter(
        "AD", 0, gain, [(sensor, "Electrode", "Gastrocnemius Medialis", "Left")] * count, first)])
    return [(f"{stem}.xml", xml), (f"{stem}.sig", samples(count, frames, (bits + 7) // 8))]


# OTB4

def track(title, subtitle, stream, channels, total, first, **more):
    fields = {"Title": title, "SubTitle": subtitle, "Device": "Muovi", "IsControl": "false",
              "Gain": 8, "ADC_Nbits": 16, "ADC_Range": "0.15", "SamplingFrequency": 2000,
              "SignalStreamPath": stream, "NumberOfChannels": channels, "TotalChannelsInFile": total,
              "AcquisitionChannel": first, "ChannelOffsetInSubPacket": first, "SampleSize": 2,
              "UnitOfMeasurement": "mV", "UnitOfMeasurementFactor": 1000}
    strings = {"StartDate": "2026-01-02 03:04:05"}
    about = {"Name": "Unknown", "NRow": 1, "NColumn": channels, "IED": 1}
    for key, value in more.items():
        (strings if key in ("Mode", "OriginalSensor", "HighPassFilter", "LowPassFilter")
         else about if key in ("Name", "NRow", "NColumn", "IED") else fields)[key] = value
    def elements(values):
        return "".join(f"<{k}>{v}</{k}>" for k, v in values.items() if v is not None)
    return (f"  <TrackInfo>{elements(fields)}\n    <StringsDescriptions>{elements(strings)}"
            f"</StringsDescriptions>\n    <Description>{elements(about)}</Description></TrackInfo>\n")


def track_file(*tracks):
    return ('<?xml version="1.0" encoding="utf-8"?>\n<ArrayOfTrackInfo '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n' + "".join(tracks)
            + "</ArrayOfTrackInfo>\n").encode()


def muovi():
    tracks = track_file(
        track("Muovi", "HD08MM1305", "s.sig", 64, 70, 0, OriginalSensor="HD08MM1305",
              Mode="Monopolar", LowPassFilter="500 Hz", HighPassFilter="10 Hz",
              Muscle="Vastus Lateralis Muscle Right", Name="HD08MM1305", NRow=5, NColumn=13, IED=8),
        track("Muovi", "Quaternion", "s.sig", 4, 70, 64, ADC_Nbits=0, UnitOfMeasurement="A.U.",
              UnitOfMeasurementFactor=1),
        track("Muovi", "Buffer", "s.sig", 1, 70, 68, IsControl="true", ADC_Nbits=0,
              UnitOfMeasurement="A.U.", UnitOfMeasurementFactor=1),
        track("Muovi", "Ramp", "s.sig", 1, 70, 69, IsControl="true", ADC_Nbits=0,
              UnitOfMeasurement="A.U.", UnitOfMeasurementFactor=1))
    return [("DeviceParameters.xml", b"<DeviceParameters><AdBits>16</AdBits></DeviceParameters>\n"),
            ("Tracks_000.xml", tracks), ("s.sig", samples(70, 40, 2))]


def novecento():
    """Acquisition channels count over all inputs here; the offset in the packet is what counts."""
    common = dict(Device="Novecento+", SampleSize=4, ADC_Nbits=24, ADC_Range="4.8", Gain=2)
    tracks = track_file(
        track("IN1", "Grid one", "g1.sig", 3, 5, 0, ChannelOffsetInSubPacket=1, **common),
        track("IN2", "Grid two", "g2.sig", 2, 2, 5, ChannelOffsetInSubPacket=0, Name="Mine",
              **common),
        track("Novecento+", "AUX 1", "g1.sig", 1, 5, 7, ChannelOffsetInSubPacket=4,
              **{**common, "UnitOfMeasurement": "V", "UnitOfMeasurementFactor": 1}))
    paths = track_file(*[
        track("Trapezoidal track", name, "fb.sig", 1, 2, k, SampleSize=8, SamplingFrequency=10,
              ADC_Nbits=1, UnitOfMeasurement="%MVC", UnitOfMeasurementFactor=1)
        for k, name in enumerate(("Performed Path", "Original Path"))])
    return [("g1.sig", samples(5, 100, 4)), ("g2.sig", samples(2, 100, 4)),
            ("fb.sig", samples(2, 5, 8)), ("TrapezoidalTracks_010.xml", paths),
            ("Tracks_000.xml", tracks)]


def old_otb4():
    """Without SampleSize and TotalChannelsInFile, as first versions were."""
    tracks = track_file(*[
        track(f"IN{k + 1}", "", "s.sig", 2, None, None, SampleSize=None, TimeDuration="0.03",
              ChannelOffsetInSubPacket=None, UnitOfMeasurement=None, UnitOfMeasurementFactor=None)
        for k in range(2)])
    return [("Tracks_000.xml", tracks), ("s.sig", samples(4, 60, 2))]


def good():
    cut = tar(one_input(frames=400))
    return {
        "good-otb-quattrocento.otb+": tar(quattrocento()),
        "good-otb-24bit.otb+": tar(one_input("SESSANTAQUATTRO", 24, 1, "HD10MM0804", 32, 40)),
        "good-otb-index-from-1.otb+": tar(one_input(first=1)),
        "good-otb-no-gain.otb+": tar(one_input(gain=1)),
        "good-otb-unknown-device.otb+": tar(one_input("PROTOTYPE")),
        "good-otb-partial-array.otb+": tar(one_input("MUOVI", 16, 256, "HD04MM1305", 4)),
        "good-otb-zip.otb+": zip_of(one_input()),
        "good-otb-gzip.otb+": gzip_of(tar(one_input())),
        "good-otb-folder.otb+": tar([("rec/" + n, d) for n, d in one_input()]),
        "good-otb-two-acquisitions.otb+": tar(one_input() + one_input("DUE", gain=200, stem="b")),
        "good-otb-cut.otb+": cut[:len(cut) - 1024 - 512 - 500],
        "good-otb-odd-size.otb+": tar([(n, d + b"\1\2\3" if n.endswith(".sig") else d)
                                       for n, d in one_input()]),
        "good-otb-muovi.otb4": tar(muovi()),
        "good-otb-novecento.otb4": tar(novecento()),
        "good-otb-first-version.otb4": tar(old_otb4()),
    }


def bad():
    plain = one_input()
    bomb = (b'<?xml version="1.0"?><!DOCTYPE Device [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>'
            b'<Device Name="&b;" DeviceTotalChannels="2" SampleFrequency="2048" ad_bits="16"/>')
    return {
        "bad-otb-no-archive.otb+": b"OTB" * 300,
        "bad-otb-no-description.otb+": tar([e for e in plain if e[0].endswith(".sig")]),
        "bad-otb-no-samples.otb+": tar([e for e in plain if e[0].endswith(".xml")]
                                       + [("patient.xml", PATIENT)]),
        "bad-otb-xml.otb+": tar([(n, d[:-20] if n.endswith(".xml") else d) for n, d in plain]),
        "bad-otb-document-type.otb+": tar([("a.xml", bomb), plain[1]]),
        "bad-otb-60000-channels.otb+": tar(one_input(total=60000)),
        "bad-otb-7-bits.otb+": tar([("a.xml", device("DUE+", 7, 2, [])), plain[1]]),
        "bad-otb-channel-range.otb4": tar([
            ("Tracks_000.xml", track_file(track("IN1", "", "s.sig", 4, 3, 0))),
            ("s.sig", samples(3, 20, 2))]),
        "bad-otb-samples-missing.otb4": tar([
            ("Tracks_000.xml", track_file(track("IN1", "", "s.sig", 2, 2, 0)))]),
    }


def unsupported():
    return {
        "unsupported-otb-other.tar": tar([("notes.txt", b"no recording\n")]),
        "unsupported-otb-other.zip": zip_of([("notes.txt", b"no recording\n")]),
        "unsupported-otb-sample-size.otb4": tar([
            ("Tracks_000.xml", track_file(track("IN1", "", "s.sig", 2, 2, 0, SampleSize=5))),
            ("s.sig", samples(2, 20, 2))]),
    }


if __name__ == "__main__":
    write_or_check(__doc__, good, bad, unsupported, most=24000)
