#!/usr/bin/python3
"""Writes the text of measuring programs among samples/, from what is published of their layouts.

usage: make_dialect_samples.py [--check] FOLDER

With --check nothing is written; the exit status is 1 when a file in FOLDER differs.

Sample i of channel c is a multiple of n = ((i * (7 + 2 * c)) % 201) - 100, so that tests can compute
what they must read.
"""

import json

from samples import write_or_check


def number(channel, index):
    return ((index * (7 + 2 * channel)) % 201) - 100


def tenth(channel, index, mark="."):
    return f"{number(channel, index) / 10:.1f}".replace(".", mark)


def lines(rows, delimiter, end="\n"):
    return "".join(delimiter.join(row) + end for row in rows)


# OpenSignals.

def opensignals(devices, rows, end="\n"):
    return ("# OpenSignals Text File Format\n# " + json.dumps(devices) + "\n# EndOfHeader\n"
            + "".join("\t".join(map(str, row)) + "\t" + end for row in rows))


def device(name, columns, sensors, resolution, rate=1000, **more):
    count = len(sensors)
    return {"sensor": sensors, "device name": name, "column": columns, "sync interval": 2,
            "time": "15:34:13.866", "comments": "", "channels": list(range(1, count + 1)),
            "keywords": "", "mode": 0, "firmware version": 773, "device": "biosignalsplux",
            "sampling rate": rate, "label": columns[-count:], "resolution": resolution,
            "date": "2019-1-23", **more}


def opensignals_files():
    files = {}
    address, second = "00:07:80:4D:2E:AD", "00:07:80:4D:2E:AE"
    bitalino = device(address, ["nSeq", "I1", "O1", "A1", "A2"], ["EMG", "RAW"],
                      [4, 1, 1, 10, 6], device="bitalino_rev")
    files["good-opensignals-txt-bitalino.txt"] = opensignals(
        {address: bitalino},
        [[i % 16, i % 2, 0, 512 + number(0, i), 32 + i % 30] for i in range(200)
         if not 50 <= i < 53])
    plux = [device(address, ["nSeq", "DI", "CH1"], ["EMG"], [16]),
            device(second, ["nSeq", "DI", "CH1", "CH2"], ["EMG", "ECG"], [16, 16])]
    kept = [i for i in range(154) if not 100 <= i < 104]
    files["good-opensignals-txt-two-devices.txt"] = opensignals(
        {address: plux[0], second: plux[1]},
        [[i, 0, 32768 + 10 * number(0, i), kept[i], 0, 32768 + 10 * number(1, kept[i]), 32768]
         for i in range(150)])
    old = device(address, ["x", "CH1"], ["CUSTOM/0.5/1.0/V"], 12)
    del old["column"]
    files["good-opensignals-txt-early.txt"] = opensignals(
        {address: old}, [[i % 128, 2048 + number(0, i)] for i in range(300)])
    files["bad-opensignals-txt-json.txt"] = (
        '# OpenSignals Text File Format\n# {"00:07": {"column": ["nSeq"\n# EndOfHeader\n0\t1\t\n')
    files["bad-opensignals-txt-columns.txt"] = opensignals(
        {address: plux[0]}, [[i, 32768] for i in range(20)])
    files["unsupported-opensignals-txt-rates.txt"] = opensignals(
        {address: plux[0], second: device(second, ["nSeq", "CH1"], ["EMG"], [16], 10)},
        [[i, 0, 32768, i, 32768] for i in range(20)])
    return files


def biosppy_files():
    head = "# Simple Text Format\n# Sampling Rate (Hz):= 1000.00\n# Resolution:= 12\n"
    return {
        "good-biosppy-labels.txt":
            head + "# Labels:= EMG\tForce\n"
            + "".join(f"{2048.0 + number(0, i)}\t{number(1, i):.1f}\n" for i in range(200)),
        "bad-biosppy-no-rows.txt": head + "# Labels:= EMG\n",
    }


# Delsys.

def delsys_files():
    fast, slow = 1259.259, 148.1481
    names = [("Sensor 1: EMG 1", fast, "V"), ("Sensor 1: ACC.X 1", slow, "g"),
             ("Sensor 1: GYRO.X 1", slow, "°/s"), ("Sensor 2: EMG 2", fast, "V")]
    length = {fast: 400, slow: 47}
    block = "".join(
        f"Label: {name} Sampling frequency: {rate:.6e}".replace("e+0", "e+00")
        + f" Number of points: {81141 if rate == fast else length[rate]} start: 0.000000e+000"
        f" Unit: {unit} Domain Unit: s\n" for name, rate, unit in names)
    block += "Start Trigger Method: None\nStop Trigger Method: None\n\n"

    def cells(i, factor, shape, mark="."):
        row = []
        for c, (_, rate, _) in enumerate(names):
            row += ([f"{i / rate:.7g}".replace(".", mark),
                     shape(number(c, i) * factor).replace(".", mark)]
                    if i < length[rate] else ["", ""])
        return row

    files = {}
    files["good-delsys-block.csv"] = (
        block + ",".join(f'X[s],"{name}"' for name, _, _ in names) + "\n"
        + lines([cells(i, 1e-6, lambda x: f"{x:.6e}".replace("e-0", "e-00")) for i in range(400)],
                ",")).encode("latin-1")
    files["good-delsys-names.csv"] = (
        ";".join(f'"X [s]";"{name} [{unit}]"' for name, _, unit in names) + "\r\n"
        + lines([cells(i, 1e-6, lambda x: f"{x:.7f}", ",") for i in range(400)], ";", "\r\n"))
    markers = [("E1", 0.01), ("E2", 0.15)]
    discover = [
        "Application:, Trigno Discover (2.1.0.7)", "Date/Time:, 2026/09/29 15:50:51",
        "Collection Length (seconds):, 0.1862096", "Soleus L (89542), , , , Soleus R (89563)",
        "sensor mode: 40, , , , sensor mode: 40",
        "EMG 1 Time Series (s), EMG 1 (mV), ACC X Time Series (s), ACC X (G), "
        "EMG 1 Time Series (s), EMG 1 (mV)",
        ", 2148.1481 Hz, , 148.1481 Hz, , 2148.1481 Hz",
        f", {1 / 2148.1481} s, , {1 / 148.1481} s, , {1 / 2148.1481} s, , Type, Name, Label, "
        "Time (s), , Pair"]
    for i in range(400):
        slow_cells = f"{i / 148.1481:.7f}, {number(1, i) / 100}" if i < 27 else ", "
        row = (f"{i / 2148.1481:.7f}, {number(0, i) / 1000}, {slow_cells}, "
               f"{i / 2148.1481:.7f}, {number(2, i) / 1000}, ")
        if i < len(markers):
            row += f", General, {markers[i][0]}, {markers[i][0]}, {markers[i][1]}, , "
        discover.append(row)
    files["good-delsys-discover.csv"] = "\n".join(discover) + "\n"
    files["bad-delsys-no-rows.csv"] = block + ",".join(f'X[s],"{name}"' for name, _, _ in names)
    return files


# Noraxon.

def noraxon_files():
    files = {}
    marks = {40: "start", 120: "stop"}
    files["good-noraxon-single.csv"] = (
        "type,begin_time,frequency,count,created with version,measurement_date,record_name\n"
        "record,0.00000,2000,200,Noraxon MR 4.0,2025-08-26T17:29:12.325+07:00,trial\n\n"
        "time,Activity,Marker,LT SOLEUS (uV),RT SOLEUS (uV),LT Force (N)\n"
        + "".join(f"{i / 2000:.5f},{'walk' if 20 <= i < 60 else ''},{marks.get(i, '')},"
                  f"{tenth(0, i)},{tenth(1, i)},{tenth(2, i)}\n" for i in range(200)))
    files["good-noraxon-ascii.txt"] = (
        "Noraxon MyoResearch XP\r\nSubject:\tA. Person\r\nDate:\t2012-03-04\r\nTime:\t10:11:12\r\n"
        "Frequency:\t1500 Hz\r\n\r\nTime,s\tRT BICEPS FEM.,uV\tGoniometer,deg\r\n"
        + "".join(f"{i / 1500:.5f}\t{tenth(0, i)}\t{tenth(1, i)}\r\n" for i in range(200)))
    files["good-noraxon-units.csv"] = (
        "Noraxon MR3 export\nFrequency;1000\n\nTime;EMG 1;EMG 2\ns;uV;mV\n"
        + "".join(f"{i / 1000:.3f};{tenth(0, i)};{tenth(1, i)}\n".replace(".", ",")
                  for i in range(200)))
    files["good-noraxon-signal.csv"] = (
        "type,name,time_units,begin_time,frequency,count,units\n"
        "signal,Ultium_EMG-LT_SOLEUS,s,0.00000,2000,300,uV\n\ntime,value\n"
        + "".join(f"{i / 2000:.8f},{number(0, i):.8f}\n" for i in range(200)))
    files["bad-noraxon-no-names.csv"] = "Noraxon MR3 export\nTime: 10:00\n1;2\n2;3\n"
    return files


# DataLOG.

def datalog_files():
    head = "File Name: walk.log\n"
    fast = "Channel {}: '{}', {} values, engineering units: {}, no filters.\n"
    files = {}
    files["good-datalog-plain.txt"] = (
        head + fast.format(4, "Rectus", 200, "mV") + fast.format(5, "Knee", 200, "deg") + "\n"
        + "".join(f"{number(0, i) / 1000:.4f}\t{tenth(1, i)}\n" for i in range(200)) + "\t\n")
    files["good-datalog-rates.txt"] = (
        head + "Channel 1: 'Soleus', 200 values at 1000 Hz, engineering units: mV, low pass 450.\n"
        "Channel 2: 'Ankle', 20 values at 100 Hz, engineering units: deg, no filters.\n\n"
        + "".join(f"{number(0, i) / 1000:.4f}\t{tenth(1, i) if i < 20 else ''}\n"
                  for i in range(200)))
    files["bad-datalog-columns.txt"] = (
        head + fast.format(4, "Rectus", 20, "mV") + "\n" + "1.0\t2.0\t3.0\n" * 20)
    return files


# LabVIEW.

LVM = ("LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\n"
       "Decimal_Separator\t{mark}\nMulti_Headings\tYes\nX_Columns\t{x}\nTime_Pref\tRelative\n"
       "Operator\tnobody\nDate\t2013/04/17\nTime\t15:00:00.5\n***End_of_Header***\t\n\t\n")


def segment(channels, count, start, unit="Volts", delta="5.000000E-4", axis="Time", x0="0.0"):
    tabs = "\t".join
    return (f"Channels\t{channels}\t\nSamples\t{tabs([str(count)] * channels)}\t\n"
            f"Date\t{tabs(['2013/04/17'] * channels)}\t\nTime\t{tabs([start] * channels)}\t\n"
            f"Y_Unit_Label\t{tabs([unit] * channels)}\t\nX_Dimension\t{tabs([axis] * channels)}\t\n"
            f"X0\t{tabs([x0] * channels)}\t\nDelta_X\t{tabs([delta] * channels)}\t\n"
            "***End_of_Header***\t\t\n")


def lvm_files():
    files = {}
    names = "X_Value\tEMG 1\tEMG 2\tComment\n"

    def rows(first, last, comments=None, x=False, mark="."):
        comments = comments or {}
        return "".join(
            (f"{(i - first) / 2000:.6f}" if x else "")
            .replace(".", mark) + f"\t{number(0, i) / 1e6:.6f}\t{number(1, i) / 1e6:.6f}"
            .replace(".", mark) + (f"\t{comments[i]}" if i in comments else "") + "\n"
            for i in range(first, last))

    special = ("***Start_Special***\t\nWfm_Sclr_Meas\t\nPeak\t1\t2\n1.0\t2.0\n"
               "***End_Special***\t\n\t\n")
    files["good-lvm-segments.lvm"] = (
        LVM.format(mark=".", x="No") + special + segment(2, 100, "15:00:01.0") + names
        + rows(0, 100, {30: "cramp"}) + "\n" + segment(2, 100, "15:00:01.05") + names
        + rows(100, 200) + "\n" + special + segment(2, 100, "15:00:01.15") + names + rows(300, 400))
    files["good-lvm-decimal-comma.lvm"] = (
        LVM.format(mark=",", x="One") + segment(2, 150, "15:00:01,0", delta="5,000000E-4", x0="0,0")
        + names + rows(0, 150, x=True, mark=","))
    files["good-lvm-multi.lvm"] = (
        LVM.format(mark=".", x="Multi")
        + segment(2, 120, "15:00:01.0").replace("Volts\tVolts", "Volts\t\tVolts")
        + "X_Value\tEMG 1\tX_Value\tEMG 2\tComment\n"
        + "".join(f"{i / 2000:.6f}\t{number(0, i) / 1e6:.6f}\t{i / 2000:.6f}\t"
                  f"{number(1, i) / 1e6:.6f}\n" for i in range(120)))
    files["bad-lvm-header.lvm"] = LVM.format(mark=".", x="No") + "Channels\t2\nSamples\t3\t3\n"
    files["unsupported-lvm-frequency.lvm"] = (
        LVM.format(mark=".", x="No") + segment(2, 50, "15:00:01.0", axis="Frequency") + names
        + rows(0, 50))
    files["unsupported-lvm-channels-change.lvm"] = (
        LVM.format(mark=".", x="No") + segment(2, 50, "15:00:01.0") + names + rows(0, 50) + "\n"
        + segment(1, 50, "15:00:01.025") + "X_Value\tEMG 1\tComment\n\t0.1\n")
    return files


# OpenBCI.

def openbci_files():
    files = {}
    columns = (["Sample Index"] + [f"EXG Channel {c}" for c in range(8)]
               + [f"Accel Channel {c}" for c in range(3)] + ["Other"] * 7
               + [f"Analog Channel {c}" for c in range(3)]
               + ["Timestamp", "Marker Channel", "Timestamp (Formatted)"])
    head = ("%OpenBCI Raw EXG Data\n%Number of channels = 8\n%Sample Rate = 250 Hz\n"
            "%Board = OpenBCI_GUI$BoardCytonSerial\n" + ", ".join(columns) + "\n")
    body = []
    for i in range(300):
        if 270 <= i < 275:
            continue
        row = [f"{float(i % 256)}"] + [f"{number(c, i) * 1.5}" for c in range(8)]
        row += ["0.25", "-0.5", "1.0"] + ["0.0"] * 7 + ["0.0"] * 3
        row += [f"{1616161616 + i / 250:.3f}", "2.0" if i == 100 else "0.0",
                f"2021-03-19 13:46:{56 + i // 250:02d}.{(i % 250) * 4:03d}"]
        body.append(", ".join(row))
    files["good-openbci-cyton.txt"] = head + "\n".join(body) + "\n"
    early = ("%OpenBCI Raw EEG Data\r\n%\r\n%Sample Rate = {} Hz\r\n%First Column = SampleIndex\r\n"
             "%Last Column = Timestamp \r\n%Other Columns = EEG data in microvolts followed by "
             "Accel Data (in G) interleaved with Aux Data\r\n")

    def early_rows(channels, count, index, skip=()):
        return "".join(
            f"{index(i)}, " + ", ".join(f"{number(c, i) * 1.5:.2f}" for c in range(channels))
            + f", 0.000, 0.000, 0.000, 15:15:{28 + i // 200:02d}.{i % 200 * 5:03d}\r\n"
            for i in range(count) if i not in skip)

    files["good-openbci-daisy.txt"] = early.format("125.0") + early_rows(
        16, 140, lambda i: 2 * i % 256, range(60, 63))
    files["good-openbci-ganglion.txt"] = early.format("200.0") + early_rows(
        4, 450, lambda i: i % 201, range(230, 240))
    files["good-openbci-pairs.txt"] = early.format("200.0") + early_rows(
        4, 450, lambda i: i // 2 % 101, range(231, 234))
    files["unsupported-openbci-decimal-comma.txt"] = (
        early.format("200.0") + "0, -11,20, 16,89, 0,00, 0,00, 0,000, 0,000, 0,000, 15:15:28.048\r\n"
        + "1, -11,30, 16,80, 0,00, 0,00, 0,000, 0,000, 0,000, 15:15:28.053\r\n")
    return files


# Tables of no known program.

def text_files():
    files = {}
    pair = [f"{tenth(0, i)},{tenth(1, i)}" for i in range(200)]
    files["good-text-remarks.csv"] = (
        "# sampling rate: 1000 Hz, gain: 500\n# unit: uV\n# labels: EMG left, EMG right\n"
        + "\n".join(pair) + "\n")
    files["good-text-labels.csv"] = "EMG 1,EMG 2,label\n" + "".join(
        f"{row},{7 if 50 <= i < 120 else 0}\n" for i, row in enumerate(pair))
    files["good-text-events.csv"] = "time,EMG 1,EMG 2,Event\n" + "".join(
        f"{i / 1000:.3f},{row},{'cramp begins' if i == 80 else ''}\n" for i, row in enumerate(pair))
    files["good-text-dates.csv"] = "date,EMG 1,EMG 2\n" + "".join(
        f"2026-11-22T23:59:59.{900 + i // 2:03d}{5 * (i % 2)}Z,{row}\n" for i, row in enumerate(pair))
    files["good-text-clock.txt"] = "day\tclock\tEMG 1\tEMG 2\n" + "".join(
        f"2026-11-22\t{'23:59:59' if i < 100 else '00:00:00'}.{(900 + i) % 1000:03d}\t"
        + row.replace(",", "\t") + "\n" for i, row in enumerate(pair))
    files["good-text-unix.csv"] = "timestamp,EMG 1,EMG 2\n" + "".join(
        f"{1669108500000 + 2 * i},{row}\n" for i, row in enumerate(pair))
    return files


if __name__ == "__main__":
    write_or_check(__doc__, opensignals_files, biosppy_files, delsys_files, noraxon_files,
                   datalog_files, lvm_files, openbci_files, text_files, most=60000)
