# Overview: every channel over the whole recording, and MDF and RMS of its active epochs.
#
# Given (style.gp tells which of them it uses):
#   source                  name of the recording
#   start                   s since 1970 of the recording's start, NaN when unknown
#   time_from, time_to      s from the recording's start
#   channels                number of channels, channel_label[] their labels
#   unit                    of amplitudes: µV or a.u.
#   $envelope               index a channel: time, minimum, maximum (offset removed), RMS
#   envelope_low[], envelope_high[]   axis of a channel
#   episodes                number of rows of
#   $episodes               onset, end, channel, class (1 to 4), onset of the channel's next episode
#   active_epochs           number of points of
#   $markers                index a channel: time, MDF, RMS: medians of epochs_per_point epochs
#   cut                     number of channels with columns beyond their axis, which are marked
#   $mdf_map, $rms_map      the same as matrices: a row a channel, a column marker_step seconds, the
#                           first at marker_first
#   mdf_low, mdf_high, rms_high   ranges of the markers

# Layout, mm
width = page_width
longest = 0
do for [c = 1 : channels] { longest = strlen(channel_label[c]) > longest ? strlen(channel_label[c]) : longest }
as_rows = channels > channels_in_a_panel                         # markers as maps
text_left = as_rows ? 1.0 : 3.8
lane = episodes > 0 ? 2.6 : 0.0                                  # for the classes of episodes
strip = lane + (channels > 12 ? 6.0 : channels > 6 ? 8.0 : channels > 2 ? 11.0 : channels > 1 ? 15.0 : 24.0)
rms_exponent = exponent_of(rms_high)
rms_name = axis_label('RMS', rms_exponent, unit)
tics = tic_room(0, rms_high, 19.0)
do for [c = 1 : channels] {
    tics = larger(tics, tic_room(envelope_low[c], envelope_high[c], strip - lane))
}
left = text_left + larger(longest, as_rows ? 8 : strlen(rms_name)) * 0.19 * font_size + tics
right = as_rows ? 14.0 : 5.5
head = 10.0
gap = channels > 8 ? 1.0 : 1.6                                   # between strips
panel_gap = as_rows ? 6.0 : 3.0
panel_height = as_rows ? (channels > 24 ? 1.6 : 2.6) * channels : 19.0
inner = width - left - right
foot = 9.5 + second_line(inner)
strips = channels * (strip + gap)
height = head + strips + 2 * (panel_height + panel_gap) + foot

eval page(width, height)
set multiplot

mm_of_time = inner / (time_at(time_to) - time_at(time_from))     # mm a unit of the time axis
least = 0.5 / mm_of_time                                         # shown width of a short episode
# Labels that are not shown lie there: gnuplot 5.4 breaks on labels that are all undefined.
nowhere = 2 * time_at(time_from) - time_at(time_to)
eval time_axis(inner)

# ---- legend
legend_x = left
legend_y = 6.5
set label 1 source at screen x_at(text_left), screen y_at(2.5) left font typeface(font_size)
set label 2 'recorded, minimum to maximum' at screen x_at(legend_x + 4.5), screen y_at(legend_y) left font typeface(small_size)
set object 2 rectangle from screen x_at(legend_x), screen y_at(legend_y + 0.9) to screen x_at(legend_x + 3.5), screen y_at(legend_y - 0.9) \
    fillcolor rgb signal_fill fillstyle solid noborder
set label 3 '± RMS' at screen x_at(legend_x + 46.5), screen y_at(legend_y) left font typeface(small_size)
set object 3 rectangle from screen x_at(legend_x + 42), screen y_at(legend_y + 0.9) to screen x_at(legend_x + 45.5), screen y_at(legend_y - 0.9) \
    fillcolor rgb envelope_fill fillstyle solid noborder
if (cut > 0) {
    set label 4 '' at screen x_at(legend_x + 59), screen y_at(legend_y) point pointtype 8 pointsize dot(1.0) linewidth thin_line linecolor rgb ink
    set label 5 'beyond the axis' at screen x_at(legend_x + 60.5), screen y_at(legend_y) left font typeface(small_size)
}
if (episodes == 0) {
    set label 6 'no episodes' at screen x_at(left + inner), screen y_at(2.5) right font typeface(small_size) textcolor rgb note_ink
} else {
    array class_width = [12.0, 13.0, 21.0, 17.0]
    x = left + inner - 63.0
    do for [k = 1 : 4] {
        set object 10 + k rectangle from screen x_at(x), screen y_at(3.8) to screen x_at(x + (k == 3 ? 4.6 : 3.2)), screen y_at(1.4) \
            fillcolor rgb class_ink[k] fillstyle solid noborder
        set label 10 + k class_letter[k] at screen x_at(x + (k == 3 ? 2.3 : 1.6)), screen y_at(2.6) center front font typeface(small_size) textcolor rgb class_letter_ink[k]
        set label 20 + k class_name[k] at screen x_at(x + (k == 3 ? 5.3 : 3.9)), screen y_at(2.6) left font typeface(small_size)
        x = x + class_width[k]
    }
}

# ---- strips
strip_top(c) = head + (c - 1) * (strip + gap)
shown_width(a, b) = (b - a) / time_unit(0) > least ? (b - a) / time_unit(0) : least
middle(a, b) = (time_at(a) + time_at(b)) / 2
letter_width(k) = k == 3 ? 4.2 : 2.4
inside(a, b, k) = (b - a) / time_unit(0) * mm_of_time > letter_width(k)
beside(a, b, next, k) = !inside(a, b, k) && (next - b) / time_unit(0) * mm_of_time > letter_width(k) + 0.5
set format x ''
do for [c = 1 : channels] {
    eval panel(left, strip_top(c), inner, strip)
    k = exponent_of(larger(abs(envelope_low[c]), abs(envelope_high[c])))
    power = 10.0 ** k
    low = envelope_low[c] / power
    high = envelope_high[c] / power
    thin = (high - low) / (strip - lane) * 0.08                   # 0.08 mm: a still line is seen too
    # The lane of classes lies above the range of the signal; y2 counts mm from below.
    set yrange [low : low + (high - low) * strip / (strip - lane)]
    set y2range [0 : strip]
    step = step_on(low, high, strip - lane)
    set ytics offset 0.6, 0 step * ceil(low / step), step, high
    y = strip_top(c) + lane + (strip - lane) / 2
    set label 31 channel_label[c] at screen x_at(text_left), screen y_at(y - 1.1) left font typeface(font_size)
    set label 32 times_unit(k, unit) at screen x_at(text_left), screen y_at(y + 1.7) left font typeface(small_size) textcolor rgb note_ink
    if (!as_rows) {
        set label 33 '' at screen x_at(2.0), screen y_at(y - 1.1) point pointtype channel_point[c] pointsize dot(1.8) linecolor rgb channel_ink[c]
    }
    plot $episodes using ($3 == c ? middle($1, $2) : NaN):(0): \
             (time_at($1)):(time_at($2)):(0):(strip - lane):(class_fill[int($4)]) \
             with boxxyerror axes x1y2 fillstyle solid noborder linecolor rgb variable, \
         $envelope index c - 1 using (time_at($1)):(larger($2 / power - thin, low)):(smaller($3 / power + thin, high)) \
             with filledcurves fillcolor rgb signal_fill fillstyle solid noborder, \
         $envelope index c - 1 using (time_at($1)):(larger(-$4 / power - thin, low)):(smaller($4 / power + thin, high)) \
             with filledcurves fillcolor rgb envelope_fill fillstyle solid noborder, \
         $envelope index c - 1 using ($3 / power > high ? time_at($1) : NaN):(high - (high - low) * 0.03) \
             with points pointtype 8 pointsize dot(1.0) linewidth thin_line linecolor rgb ink, \
         $envelope index c - 1 using ($2 / power < low ? time_at($1) : NaN):(low + (high - low) * 0.03) \
             with points pointtype 10 pointsize dot(1.0) linewidth thin_line linecolor rgb ink, \
         $episodes using ($3 == c ? middle($1, $2) : NaN):(0): \
             (middle($1, $2) - shown_width($1, $2) / 2):(middle($1, $2) + shown_width($1, $2) / 2): \
             (strip - lane + 0.2):(strip - 0.2):(class_ink[int($4)]) \
             with boxxyerror axes x1y2 fillstyle solid noborder linecolor rgb variable, \
         $episodes using ($3 == c && inside($1, $2, int($4)) ? middle($1, $2) : nowhere):(strip - lane / 2):(class_letter[int($4)]):(class_letter_ink[int($4)]) \
             with labels axes x1y2 center font typeface(small_size) textcolor rgb variable, \
         $episodes using ($3 == c && beside($1, $2, $5, int($4)) ? middle($1, $2) + shown_width($1, $2) / 2 + 0.4 / mm_of_time : nowhere): \
             (strip - lane / 2):(class_letter[int($4)]) \
             with labels axes x1y2 left font typeface(small_size) textcolor rgb ink
    unset label
    unset object
}

# ---- MDF and RMS
marker_top(i) = head + strips + panel_gap - gap + i * (panel_height + panel_gap)
unset y2range
do for [i = 0 : 1] {
    eval panel(left, marker_top(i), inner, panel_height)
    unset label
    power = i == 0 ? 1.0 : 10.0 ** rms_exponent
    low = i == 0 ? mdf_low : 0.0
    high = (i == 0 ? mdf_high : rms_high) / power
    step = step_on(low, high, as_rows ? larger(panel_height, 8.0) : panel_height * 0.8)
    name = i == 0 ? 'MDF (Hz)' : rms_name
    if (as_rows) {
        set label 1 name.' of the active epochs' at screen x_at(left), screen y_at(marker_top(i) - 1.9) left font typeface(font_size)
    } else {
        set label 1 name at screen x_at(text_left), screen y_at(marker_top(i) + panel_height / 2) left font typeface(font_size)
    }
    if (i == 1) {
        eval time_axis(inner)
        set label 2 time_label(0) at screen x_at(left + inner / 2), screen y_at(height - 2.7) center font typeface(font_size)
        if (epochs_per_point > 1) {
            set label 3 sprintf('medians of %d epochs', epochs_per_point) at screen x_at(left + inner), \
                screen y_at(height - 2.7) right font typeface(small_size) textcolor rgb note_ink
        }
    }
    if (active_epochs == 0) {
        set label 4 'no active epochs' at screen x_at(left + inner / 2), \
            screen y_at(marker_top(i) + panel_height / 2) center front font typeface(font_size) textcolor rgb note_ink
    }
    if (as_rows) {
        set yrange [channels - 0.5 : -0.5]
        set ytics offset 0.6, 0 scale 0 ()
        do for [c = 1 : channels] { set ytics add (channel_label[c] c - 1) }
        set cbrange [low : high]
        set cbtics offset -0.6, 0 scale 0.3 step * ceil(low / step), step, high
        set colorbox user origin screen x_at(left + inner + 2.0), screen y_at(marker_top(i) + panel_height) \
            size screen 2.5 / width, screen panel_height / height noborder
        set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind fillcolor rgb empty_fill fillstyle solid noborder
        if (i == 0) {
            plot $mdf_map matrix using (time_at(marker_first + $1 * marker_step)):2:3 with image pixels
        } else {
            plot $rms_map matrix using (time_at(marker_first + $1 * marker_step)):2:($3 / power) with image pixels
        }
        unset object 1
    } else {
        set yrange [low : high]
        set ytics offset 0.6, 0 scale 0.4 step * ceil(low / step), step, high
        if (active_epochs == 0) { eval no_ytics }
        plot for [c = 1 : channels] $markers index c - 1 using (time_at($1)):(column(2 + i) / power) \
            with points pointtype channel_point[c] pointsize dot(1.0) linewidth thin_line linecolor rgb channel_ink[c]
    }
}

unset multiplot
unset output
