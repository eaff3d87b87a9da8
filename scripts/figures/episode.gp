# Episode: a close-up of one, and the modulation spectrum of its envelope.
#
# Given (style.gp tells which of them it uses):
#   there                   0: there are no episodes, and nothing to show
#   source                  name of the recording
#   title                   "Episode 3: clonic", channel its channel, when its time
#   class                   1 tonic, 2 clonic, 3 tonic-clonic, 4 myoclonic; 0 unknown
#   confidence              in the class, 0 to 1
#   from, to                what is shown, s from the onset; duration of the episode (s)
#   boundary                where a tonic-clonic episode changes its phase (s from the onset), or NaN
#   unit, modulation_unit   µV and µV²/Hz
#   $signal                 time (s from the onset), minimum, maximum (offset removed), envelope
#   signal_low, signal_high, envelope_high   ranges
#   $bursts                 onset, end (s from the onset), kind: 1 burst, 2 single potential,
#                           3 artefact; bursts, potentials and artefacts count them
#   $modulation             frequency (Hz), density of the envelope; modulation_to the last frequency
#   modulation_high         its largest density
#   burst_rate              Hz, NaN without a rhythm

# Layout, mm
width = column_width
modulation_top_value = modulation_high > 0 ? modulation_high * 1.2 : 1.0
left = 4.4 + larger(tic_room(0, envelope_high, 17.0), \
    larger(tic_room(signal_low, signal_high, 26.0), tic_room(0, modulation_top_value, 22.0)))
right = 3.0
head = potentials + artefacts > 0 ? 16.0 : 12.8
lane = 2.8                                                       # for the bursts
signal_height = 26.0
envelope_height = 17.0
modulation_height = 22.0
between = 2.0
foot = 9.0
inner = width - left - right
envelope_top = head + lane + signal_height + between
modulation_top = envelope_top + envelope_height + foot + 4.5
height = modulation_top + modulation_height + foot

eval page(width, height)
set multiplot
set label 1 source at screen x_at(1.5), screen y_at(3.0) left font typeface(font_size)
title_left = 1.5 + (class == 3 ? 6.4 : class > 0 ? 5.0 : 0.0)
set label 2 title.(confidence == confidence ? sprintf(' (confidence %.2f)', confidence) : '') at screen x_at(title_left), screen y_at(7.2) left font typeface(font_size)
set label 3 channel.(there ? ', ' : '').when.(there ? sprintf(', %.3g s long', duration) : '') at screen x_at(title_left), screen y_at(10.6) left font typeface(small_size) textcolor rgb note_ink
if (class > 0) {
    set object 1 rectangle from screen x_at(1.5), screen y_at(8.6) to screen x_at(title_left - 1.6), screen y_at(5.9) fillcolor rgb class_ink[class] fillstyle solid noborder
    set label 4 class_letter[class] at screen x_at((title_left - 0.1) / 2), screen y_at(7.2) center front font typeface(small_size) textcolor rgb class_letter_ink[class]
}
if (potentials + artefacts > 0) {
    y = head - 1.7
    set object 5 rectangle from screen x_at(left), screen y_at(y + 0.7) to screen x_at(left + 2.5), screen y_at(y - 0.7) fillcolor rgb ink fillstyle solid noborder
    set label 5 'burst' at screen x_at(left + 3.4), screen y_at(y) left font typeface(small_size)
    if (potentials > 0) {
        set label 6 '' at screen x_at(left + 14.0), screen y_at(y) point pointtype 2 pointsize dot(1.0) linewidth thin_line linecolor rgb ink
        set label 7 'single potential' at screen x_at(left + 15.3), screen y_at(y) left font typeface(small_size)
    }
    if (artefacts > 0) {
        set object 8 rectangle from screen x_at(left + 37.0), screen y_at(y + 0.7) to screen x_at(left + 39.5), screen y_at(y - 0.7) fillstyle empty border linecolor rgb ink linewidth thin_line
        set label 8 'artefact' at screen x_at(left + 40.4), screen y_at(y) left font typeface(small_size)
    }
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

# ---- the recorded signal, with the bursts in a lane above it
eval panel(left, head, inner, lane + signal_height)
k = exponent_of(larger(abs(signal_low), abs(signal_high)))
power = 10.0 ** k
low = signal_low / power
high = signal_high / power
set yrange [low : low + (high - low) * (lane + signal_height) / signal_height]
set y2range [0 : lane + signal_height]
step = step_on(low, high, signal_height)
set ytics offset 0.6, 0 step * ceil(low / step), step, high
set label 11 axis_label('Recorded', k, unit) at screen x_at(2.2), screen y_at(head + lane + signal_height / 2) center rotate by 90 font typeface(font_size)
if (there) {
    set object 11 rectangle from 0, graph 0 to duration / unit_s, graph 1 behind fillcolor rgb (class > 0 ? class_fill[class] : empty_fill) fillstyle solid noborder
    if (boundary == boundary) {
        set arrow 11 from boundary / unit_s, graph 0 to boundary / unit_s, graph 1 nohead linewidth data_line dashtype (3, 2) linecolor rgb ink
    }
} else {
    eval no_ytics
    set label 12 'no episodes' at screen x_at(left + inner / 2), screen y_at(head + (lane + signal_height) / 2) center font typeface(font_size) textcolor rgb note_ink
}
y = lane / 2 + signal_height
thin = (high - low) / signal_height * 0.08                        # a still line is seen too
plot $signal using ($1 / unit_s):($2 / power - thin):($3 / power + thin) with filledcurves fillcolor rgb envelope_fill fillstyle solid noborder, \
     $bursts using ($3 == 1 ? middle($1, $2) : NaN):(y):(middle($1, $2) - half($1, $2)):(middle($1, $2) + half($1, $2)):(y - 0.7):(y + 0.7) \
         with boxxyerror axes x1y2 fillcolor rgb ink fillstyle solid noborder, \
     $bursts using ($3 == 3 ? middle($1, $2) : NaN):(y):(middle($1, $2) - half($1, $2)):(middle($1, $2) + half($1, $2)):(y - 0.7):(y + 0.7) \
         with boxxyerror axes x1y2 fillcolor rgb background_ink fillstyle solid border linecolor rgb ink linewidth thin_line, \
     $bursts using ($3 == 2 ? middle($1, $2) : NaN):(y) with points axes x1y2 pointtype 2 pointsize dot(1.0) linewidth thin_line linecolor rgb ink
unset label
unset arrow
unset y2range
unset object 1

# ---- the envelope
eval panel(left, envelope_top, inner, envelope_height)
k = exponent_of(envelope_high)
power = 10.0 ** k
high = envelope_high / power
set yrange [0 : high]
step = step_on(0, high, envelope_height)
set ytics offset 0.6, 0 0, step, high
if (!there) { eval no_ytics }
set format x '%g'
set label 21 axis_label('Envelope', k, unit) at screen x_at(2.2), screen y_at(envelope_top + envelope_height / 2) center rotate by 90 font typeface(font_size)
set label 22 sprintf('Time from onset (%s)', unit_s > 1 ? 'min' : 's') at screen x_at(left + inner / 2), screen y_at(envelope_top + envelope_height + 6.9) center font typeface(font_size)
if (boundary == boundary) {
    set arrow 11 from boundary / unit_s, graph 0 to boundary / unit_s, graph 1 nohead linewidth data_line dashtype (3, 2) linecolor rgb ink
}
plot $signal using ($1 / unit_s):($4 / power) with lines linewidth frame_line linecolor rgb envelope_fill
unset label
unset arrow
unset object

# ---- the modulation spectrum
eval panel(left, modulation_top, inner, modulation_height)
k = exponent_of(modulation_top_value)
power = 10.0 ** k
high = modulation_top_value / power
set xrange [0 : modulation_to]
set xtics offset 0, 0.3 round_up(modulation_to * 9 / inner)
set yrange [0 : high]
step = step_on(0, high, modulation_height)
set ytics offset 0.6, 0 0, step, high
if (!there) { eval no_ytics }
set label 31 axis_label('Density', k, modulation_unit) at screen x_at(2.2), screen y_at(modulation_top + modulation_height / 2) center rotate by 90 font typeface(font_size)
set label 32 'Frequency of modulation (Hz)' at screen x_at(left + inner / 2), screen y_at(modulation_top + modulation_height + 6.9) center font typeface(font_size)
if (burst_rate == burst_rate) {
    set arrow 31 from burst_rate, 0 to burst_rate, high * 0.94 nohead linewidth data_line dashtype (3, 2) linecolor rgb mark_ink
    set label 33 sprintf('burst rate %.2g Hz', burst_rate) at burst_rate + modulation_to / inner, high * 0.92 left font typeface(small_size) textcolor rgb mark_ink
} else {
    if (there) {
        set label 33 'no burst rate' at screen x_at(left + inner), screen y_at(modulation_top - 1.6) right font typeface(small_size) textcolor rgb note_ink
    }
}
plot $modulation using 1:($2 / power) with lines linewidth data_line linecolor rgb envelope_fill

unset multiplot
unset output
