"""Contractions and rest of real recordings that set (b) of scripts/bench-episodes is made of.

The recordings are those of the folder that --recordings names. Intervals were chosen by looking:
contractions without their beginnings and ends; rest where no 60 ms stand out, since a twitch in a
piece of two seconds would come hundreds of times (heartbeats stay: they come in real rest). What is
fitted on and what is reported holds other pieces: every second one each."""


class Device:
    """Pieces (file, from, to, channel) of one device; told: whether its files tell the rate."""

    def __init__(self, name, rate, tissue, rest, told=True):
        self.name, self.rate, self.told = name, rate, told
        self.tissue, self.rest = tissue, rest

    def of_half(self, pieces, half):
        chosen = pieces[half == "report"::2]
        return chosen or pieces

    def sections(self, half, folder):
        """(section, keys) of a specification."""
        for kind, pieces in (("tissue", self.tissue), ("rest", self.rest)):
            for file, first, last, channel in self.of_half(pieces, half):
                keys = {"file": f"{folder}/{file}", "interval": f"{first:g}..{last:g}",
                        "channel": str(channel)}
                if not self.told:
                    keys["rate"] = self.rate
                yield kind, keys


def of_file(file, channel, intervals):
    return [(file, first, last, channel) for first, last in intervals]


DEVICES = (
    # Two holds of the biceps.
    Device("biceps holds", 1000, of_file("biceps_holds.csv", 1, [(11, 14.5), (29.5, 34), (15, 18.5),
                                                          (34, 38.5)]),
           of_file("biceps_holds.csv", 1, [(3.7, 5.3), (23.2, 25), (21, 22.9), (26.5, 27.8)]), told=False),
    # Flexions of the biceps until fatigue; rest of another recording by a device of that maker,
    # since there is none between them.
    Device("biceps flexions", 1000, of_file("opensignals_fatigue.h5", 1, [
        (6, 8.2), (10.2, 12.2), (14.1, 16.3), (18.1, 20.4), (22, 24.2), (25.8, 28.2), (34, 36.3),
        (38, 40), (41.7, 43.9), (85.6, 88), (89.6, 92), (93.7, 96), (97.7, 100), (101.7, 104.2)]),
           of_file("biosppy_opensignals.txt", "EMG", [(2, 7.4), (24.1, 29.9), (7.6, 11.2),
                                                           (30.3, 33.4)])),
    # Isokinetic extension of the knee.
    Device("knee extension", 1250, of_file("megawin_isokinetic.c3d", 1, [
        (4.9, 6.1), (8.1, 9.2), (11.2, 12.2), (14.4, 15.5), (17.8, 19), (21, 22), (24.3, 25.3)]) +
           of_file("megawin_isokinetic.c3d", 2, [(4.9, 6.1), (8, 9.1), (11.2, 12.3), (14.4, 15.5),
                                                 (17.7, 18.9)]),
           of_file("megawin_isokinetic.c3d", 1, [(9.55, 10.6), (19.4, 20.2), (25.7, 26.9)]) +
           of_file("megawin_isokinetic.c3d", 2, [(25.7, 26.9)])),
    # Ballistic dorsiflexions; heartbeats in the rest.
    Device("dorsiflexions", 250, of_file("emggo_tibialis_v5.mat", 1, [
        (42.4, 43.1), (51, 51.9), (58.9, 59.8), (73.4, 74), (87.9, 88.9), (162.2, 162.9),
        (170.5, 171.3), (185.3, 186), (260.7, 261.4), (302.3, 303), (308.6, 309.8), (339.2, 339.9),
        (370.5, 371.3), (426.3, 427.6), (435.9, 436.8), (444.6, 445.6), (462.6, 463.6),
        (476.6, 477.8), (491.3, 492.2), (509.9, 511.1)]),
           of_file("emggo_tibialis_v5.mat", 1, [(9.6, 17), (18.9, 24.5), (27, 32.5)])),
    # Fists and extensions of the wrist, by an armband at 200 Hz.
    Device("fists", 200, of_file("myo_fist_rest_annotated.edf", 1, [
        (4.5, 9), (15.7, 20), (26.4, 31), (37, 41.6), (48.2, 52.7)]),
           of_file("myo_fist_rest_annotated.edf", 1, [(0.6, 3.6), (10.6, 13.2), (32.4, 36.4),
                                                      (44.2, 47.1)])),
    Device("wrist extensions", 200, of_file("myo_extension.vhdr", 2, [
        (4.4, 9), (15.3, 20), (25.9, 31), (37.2, 41.9), (48, 52.6)]),
           of_file("myo_extension.vhdr", 8, [(0.5, 3.9), (9.8, 14.7), (32, 36.3), (43.2, 46.9)])),
)
