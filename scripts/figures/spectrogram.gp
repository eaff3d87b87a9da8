# Spectrogram: density over time and frequency; a panel a channel, one scale for all.
#
# Given (style.gp tells which of them it uses):
#   source                  name of the recording
#   start                   s since 1970 of the recording's start, NaN when unknown
#   time_from, time_to      s from the recording's start
#   channels                number of channels, channel_label[] their labels
#   unit                    of the density: µV²/Hz
#   there                   0: there are no densities
#   $density_1 ...          a matrix a channel: a row a frequency, a column a time, dB
#   time_first, time_step, time_columns                  centre of the first column (s), and so on
#   frequency_first, frequency_step, frequency_rows      the same of the rows (Hz)
#   scale_low, scale_high   the scale, dB

# Layout, mm
columns = channels > 4 ? 2 : 1
width = columns > 1 ? page_width : column_width
rows = (channels + columns - 1) / columns
left = 11.0
right = by_clock(0) && time_step_on(65) < 60 ? 6.0 : 3.5           # for the last time
head = 14.0
panel_head = 4.5                                                 # for the channel's label
panel_height = rows > 5 ? 16.0 : rows > 2 ? 22.0 : rows > 1 ? 30.0 : 42.0
between = 2.0
inner = (width - columns * (left + right)) / columns
foot = 9.0 + second_line(inner)
height = head + rows * (panel_head + panel_height + between) + foot
panel_left(c) = left + ((c - 1) % columns) * (inner + left + right)
panel_top(c) = head + ((c - 1) / columns) * (panel_head + panel_height + between) + panel_head

# The last column may stand for time past the end.
time_to = larger(time_to, time_first + time_step * (time_columns - 0.5))

eval page(width, height)
set multiplot
set label 1 source at screen x_at(1.5), screen y_at(3.0) left font typeface(font_size)
set label 2 sprintf('Density (dB re 1 %s)', unit) at screen x_at(left), screen y_at(9.0) left font typeface(font_size)

low = frequency_first - frequency_step / 2
high = frequency_first + frequency_step * (frequency_rows - 0.5)
if (!there) {
    low = 20.0
    high = 450.0
}
set yrange [low : high]
set cbrange [scale_low : scale_high]
bar_left = left + inner * (columns > 1 ? 0.62 : 0.6)
bar_width = width - right - bar_left - 2.0
set colorbox horizontal user origin screen x_at(bar_left), screen y_at(10.2) size screen bar_width / width, screen 2.4 / height noborder
cb_step = round_up((scale_high - scale_low) * 8 / bar_width)
set cbtics offset 0, 0.6 scale 0.3 cb_step * ceil(scale_low / cb_step), cb_step, scale_high
do for [c = 1 : channels] {
    eval panel(panel_left(c), panel_top(c), inner, panel_height)
    step = step_on(low, high, panel_height)
    set ytics offset 0.6, 0 step * ceil(low / step), step, high
    set label 11 channel_label[c] at screen x_at(panel_left(c)), screen y_at(panel_top(c) - 1.8) left font typeface(font_size)
    set label 12 (panel_height < 20 ? 'Freq. (Hz)' : 'Frequency (Hz)') at screen x_at(panel_left(c) - left + 2.2), screen y_at(panel_top(c) + panel_height / 2) center rotate by 90 font typeface(font_size)
    eval time_axis(inner)
    if (c + columns > channels) {
        set label 17 time_label(0) at screen x_at(panel_left(c) + inner / 2), screen y_at(panel_top(c) + panel_height + 6.9 + second_line(inner)) center font typeface(font_size)
    } else {
        set format x ''
    }
    set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind fillcolor rgb empty_fill fillstyle solid noborder
    if (there) {
        # A single column is drawn as two halves.
        wide = time_columns > 1 ? time_step : time_step / 2
        first = time_columns > 1 ? time_first : time_first - time_step / 4
        plot sprintf('$density_%d', c) matrix using (time_at(first + $1 * wide)):(frequency_first + $2 * frequency_step):3 with image
    } else {
        set label 16 'no density' at screen x_at(panel_left(c) + inner / 2), screen y_at(panel_top(c) + panel_height / 2) center front font typeface(font_size) textcolor rgb note_ink
        plot NaN
    }
    unset colorbox
    unset label
}

unset multiplot
unset output
