# Explanation: a time of a channel as the detector saw it.
#
# Given (style.gp tells which of them it uses):
#   source, channel         names of the recording and of the channel
#   title                   "Clonic", "No episode: rest"
#   class                   1 tonic, 2 clonic, 3 tonic-clonic, 4 myoclonic; 0 no episode
#   confidence              in the class, NaN without one; plausibility as muscle, NaN without bursts
#   there                   1: bursts were judged at the time, and last for duration (s) from 0
#   origin                  time zero, s from the recording's start
#   from, to                what is shown, s from time zero
#   boundary                where a tonic-clonic episode changes its phase (s from time zero), or NaN
#   unit                    of amplitudes
#   $signal                 time (s), minimum, maximum (offset removed), envelope, noise floor, least
#                           level of activity, background tone (NaN: none)
#   signal_low, signal_high, amplitude_low, amplitude_high   ranges
#   tones                   columns with a background tone
#   $bursts                 onset, end (s), kind: 1 burst, 2 single potential, 3 motion or pop,
#                           4 heartbeat, 5 mains line; bursts, potentials, motions, heartbeats and
#                           lines count them
#   $phases                 onset, end (s), class; 0: not plausible enough

# Kinds of bursts: those that are no muscle stand out by colour and lie lower
array kind_ink = [0x000000, 0x000000, 0xd55e00, 0xcc79a7, 0x56b4e9]
array kind_name = ['burst', 'single potential', 'motion or pop', 'heartbeat', 'mains line']
array kind_count = [bursts, potentials, motions, heartbeats, lines]
noise_ink = 0x0072b2
level_ink = 0xd55e00
tone_ink = 0x009e73

# Layout, mm
width = column_width
left = 4.4 + larger(7.4, tic_room(signal_low, signal_high, 26.0))
right = 3.0
head = 20.6
lane = 2.8                                                       # one for phases, two for bursts
lanes = 3 * lane
signal_height = 26.0
amplitude_height = 30.0
between = 2.0
foot = 9.0
inner = width - left - right
amplitude_top = head + lanes + signal_height + between
height = amplitude_top + amplitude_height + foot

eval page(width, height)
set multiplot
set label 1 source at screen x_at(1.5), screen y_at(3.0) left font typeface(font_size)
title_left = 1.5 + (class == 3 ? 6.4 : class > 0 ? 5.0 : 0.0)
set label 2 title.(confidence == confidence ? sprintf(' (confidence %.2f)', confidence) : plausibility == plausibility ? sprintf(' (%.2f)', plausibility) : '') at screen x_at(title_left), screen y_at(7.2) left font typeface(font_size)
set label 3 channel.sprintf(', %.3f s into the recording', origin).(there ? sprintf(duration < 1000 ? ', %.3g s long' : ', %.0f s long', duration) : '') at screen x_at(title_left), screen y_at(10.6) left font typeface(small_size) textcolor rgb note_ink
if (class > 0) {
    set object 1 rectangle from screen x_at(1.5), screen y_at(8.6) to screen x_at(title_left - 1.6), screen y_at(5.9) fillcolor rgb class_ink[class] fillstyle solid noborder
    set label 4 class_letter[class] at screen x_at((title_left - 0.1) / 2), screen y_at(7.2) center front font typeface(small_size) textcolor rgb class_letter_ink[class]
}

# ---- the legend, above the panels: kinds of bursts that there are, then curves
x = 1.5
y = 14.4
do for [k = 1:5] {
    if (kind_count[k] > 0) {
        if (k == 2) {
            set label 10 + k '' at screen x_at(x + 1.2), screen y_at(y) point pointtype 2 pointsize dot(1.0) linewidth thin_line linecolor rgb kind_ink[k]
        } else {
            set object 10 + k rectangle from screen x_at(x), screen y_at(y + 0.7) to screen x_at(x + 2.5), screen y_at(y - 0.7) fillcolor rgb kind_ink[k] fillstyle solid noborder
        }
        set label 20 + k kind_name[k] at screen x_at(x + 3.3), screen y_at(y) left font typeface(small_size)
        x = x + 5.4 + 1.07 * strlen(kind_name[k])
    }
}
if (x == 1.5) {
    set label 20 'no bursts' at screen x_at(x), screen y_at(y) left font typeface(small_size) textcolor rgb note_ink
}
x = 1.5
y = 17.8
array curve_name = ['amplitude', 'noise floor', 'least activity', 'background tone']
array curve_ink = [envelope_fill, noise_ink, level_ink, tone_ink]
do for [k = 1:(tones > 0 ? 4 : 3)] {
    if (k == 3) {
        set arrow 30 + k from screen x_at(x), screen y_at(y) to screen x_at(x + 2.7), screen y_at(y) nohead linewidth data_line dashtype (3, 2) linecolor rgb curve_ink[k]
    } else {
        set arrow 30 + k from screen x_at(x), screen y_at(y) to screen x_at(x + 2.7), screen y_at(y) nohead linewidth data_line linecolor rgb curve_ink[k]
    }
    set label 40 + k curve_name[k] at screen x_at(x + 3.3), screen y_at(y) left font typeface(small_size)
    x = x + 5.4 + 1.07 * strlen(curve_name[k])
}

unit_s = to - from <= 600 ? 1.0 : 60.0
step = round_up((to - from) / unit_s * 9 / inner)
mm = (to - from) / unit_s / inner                                # of the time axis
set xrange [from / unit_s : to / unit_s]
set xtics offset 0, 0.3 step
set mxtics 2
set format x ''
middle(a, b) = (a + b) / 2 / unit_s
half(a, b) = larger((b - a) / unit_s, 0.15 * mm) / 2

# ---- the recorded signal; lanes of phases and bursts above it
eval panel(left, head, inner, lanes + signal_height)
k = exponent_of(larger(abs(signal_low), abs(signal_high)))
power = 10.0 ** k
low = signal_low / power
high = signal_high / power
set yrange [low : low + (high - low) * (lanes + signal_height) / signal_height]
set y2range [0 : lanes + signal_height]
step = step_on(low, high, signal_height)
set ytics offset 0.6, 0 step * ceil(low / step), step, high - (high - low) / signal_height * 1.8
set label 51 axis_label('Recorded', k, unit) at screen x_at(2.2), screen y_at(head + lanes + signal_height / 2) center rotate by 90 font typeface(font_size)
lane_name(n) = head + lane * (n - 0.5)
set label 52 'phases' at screen x_at(left - 0.8), screen y_at(lane_name(1)) right font typeface(small_size)
set label 53 'bursts' at screen x_at(left - 0.8), screen y_at(lane_name(2)) right font typeface(small_size)
set label 54 'rejected' at screen x_at(left - 0.8), screen y_at(lane_name(3)) right font typeface(small_size)
if (there) {
    set object 51 rectangle from 0, graph 0 to duration / unit_s, graph 1 behind fillcolor rgb (class > 0 ? class_fill[class] : empty_fill) fillstyle solid noborder
    if (boundary == boundary) {
        set arrow 51 from boundary / unit_s, graph 0 to boundary / unit_s, graph 1 nohead linewidth data_line dashtype (3, 2) linecolor rgb ink
    }
} else {
    set arrow 51 from 0, graph 0 to 0, graph 1 nohead linewidth thin_line dashtype (2, 2) linecolor rgb note_ink
}
phase_y = signal_height + 2.5 * lane
sound_y = signal_height + 1.5 * lane
other_y = signal_height + 0.5 * lane
phase_ink(c) = c < 1 ? other_point_ink : class_ink[int(c)]
phase_letter(c) = c < 1 ? '?' : class_letter[int(c)]
thin = (high - low) / signal_height * 0.08                        # a still line is seen too
plot $signal using ($1 / unit_s):($2 / power - thin):($3 / power + thin) with filledcurves fillcolor rgb envelope_fill fillstyle solid noborder, \
     $phases using (middle($1, $2)):(phase_y):(middle($1, $2) - half($1, $2)):(middle($1, $2) + half($1, $2)):(phase_y - 1.2):(phase_y + 1.2):(phase_ink($3)) \
         with boxxyerror axes x1y2 fillcolor rgb variable fillstyle solid noborder, \
     $bursts using ($3 == 1 ? middle($1, $2) : NaN):(sound_y):(middle($1, $2) - half($1, $2)):(middle($1, $2) + half($1, $2)):(sound_y - 0.8):(sound_y + 0.8) \
         with boxxyerror axes x1y2 fillcolor rgb kind_ink[1] fillstyle solid noborder, \
     $bursts using ($3 == 2 ? middle($1, $2) : NaN):(sound_y) with points axes x1y2 pointtype 2 pointsize dot(1.0) linewidth thin_line linecolor rgb ink, \
     for [k = 3:5] $bursts using ($3 == k ? middle($1, $2) : NaN):(other_y):(middle($1, $2) - half($1, $2)):(middle($1, $2) + half($1, $2)):(other_y - 0.8):(other_y + 0.8) \
         with boxxyerror axes x1y2 fillcolor rgb kind_ink[k] fillstyle solid noborder, \
     $phases using (middle($1, $2)):(phase_y):($2 - $1 > 3 * mm * unit_s ? phase_letter($3) : '') with labels axes x1y2 center font typeface(small_size) textcolor rgb background_ink
unset label
unset arrow
unset y2range
unset object

# ---- the amplitude, with what it is compared with
eval panel(left, amplitude_top, inner, amplitude_height)
set logscale y
set yrange [amplitude_low : amplitude_high]
# Tics in plain numbers, powers of ten only where they would be long
plain_tic(v) = sprintf("'%g' %g", v, v)
plain_tics(k, last, fine) = plain_tic(10.0 ** k).(fine ? ', '.plain_tic(2 * 10.0 ** k).', '.plain_tic(5 * 10.0 ** k) : '') \
    .(k < last ? ', '.plain_tics(k + 1, last, fine) : '')
plain = amplitude_low >= 0.01 && amplitude_high < 1e5
eval sprintf('set ytics offset 0.6, 0 (%s)', plain ? plain_tics(floor(log10(amplitude_low)), ceil(log10(amplitude_high)), amplitude_high / amplitude_low < 200) : power_tics(amplitude_low, amplitude_high))
set format x '%g'
set label 61 axis_label('Amplitude', 0, unit) at screen x_at(2.2), screen y_at(amplitude_top + amplitude_height / 2) center rotate by 90 font typeface(font_size)
set label 62 sprintf('Time from %s (%s)', there ? 'onset' : 'the time asked for', unit_s > 1 ? 'min' : 's') at screen x_at(left + inner / 2), screen y_at(amplitude_top + amplitude_height + 6.9) center font typeface(font_size)
if (boundary == boundary) {
    set arrow 51 from boundary / unit_s, graph 0 to boundary / unit_s, graph 1 nohead linewidth data_line dashtype (3, 2) linecolor rgb ink
}
if (!there) {
    set arrow 51 from 0, graph 0 to 0, graph 1 nohead linewidth thin_line dashtype (2, 2) linecolor rgb note_ink
}
seen(v) = larger(v, amplitude_low)
plot $signal using ($1 / unit_s):(seen($4)) with lines linewidth frame_line linecolor rgb curve_ink[1], \
     $signal using ($1 / unit_s):5 with lines linewidth data_line linecolor rgb curve_ink[2], \
     $signal using ($1 / unit_s):6 with lines linewidth data_line dashtype (3, 2) linecolor rgb curve_ink[3], \
     $signal using ($1 / unit_s):7 with lines linewidth data_line linecolor rgb curve_ink[4]

unset multiplot
unset output
