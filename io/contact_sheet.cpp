#include "io/contact_sheet.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace feller {

namespace {

struct Point {
  double x, y;
};
using Stroke = std::vector<Point>;

/// A plotter's alphabet. Strokes are separated by spaces; a point is two base-36 digits, x and y
/// upwards: descenders reach 0, the baseline is 6, small letters end at e (14), tall ones at i
/// (18). '~' rounds the corners (quadratic B-spline), '@' also closes the stroke. Each character
/// ends with '|'.
constexpr std::string_view kCharacters = "0123456789abcdefghijklmnopqrstuvwxyz=.,+-()/_:";
constexpr std::string_view kStrokes =
    "@06868i0i|1f4i46|~0e0i8i8d06 0686|~0g0i7i7c3c ~3c8c86060a|666i0a8a|"
    "7i1i0c ~0c1e8e86060a|@06868d0d ~7h3i0g0a|0i8i36|@06868c0c @1c7c7i1i|"
    "@0b8b8i0i ~8e885617|@06767e0e 7e76|@06767e0e 0i06|~7c6e0e066678|@06767e0e 7i76|"
    "0a7a ~7a7e0e066678|~5i2i2e2a26 0e5e|@06767e0e ~7e7471700002|0i06 ~080e7e76|0e06 0i|"
    "~3e343000 3i|0i06 6e09 2b76|0i06|0e06 ~080e5e56 ~585eaea6|0e06 ~080e7e76|@06767e0e|"
    "@06767e0e 0e00|@06767e0e 7e70|0e06 ~080e5e|~6d6e0e0a6a660607|~2i2a2656 0e5e|"
    "~0e06767c 7e76|0e366e|0e265e86ae|0e66 6e06|0e36 6e10|0e6e0666|0d8d 0989|06|1604|"
    "0b8b 474f|0b7b|~3j0f0833|~0j3f3803|046j|0585|06 0d|";
constexpr std::string_view kBox = "06666i0i06";
constexpr double kBaseline = 6.0, kDigitHeight = 12.0, kSpace = 3.0, kSpacing = 4.0;
constexpr double kPen = 1.6;  // width of the pen, in the same units

std::string_view strokes_of(char character) {
  if (character == ' ') return "";
  const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  const auto index = kCharacters.find(lower);
  if (index == kCharacters.npos) return kBox;
  std::string_view rest = kStrokes;
  for (std::size_t i = 0; i < index; ++i) rest.remove_prefix(rest.find('|') + 1);
  return rest.substr(0, rest.find('|'));
}

/// Each corner becomes a parabola between the middles of its two edges.
Stroke rounded(const Stroke& corners, bool closed) {
  constexpr int kPieces = 12;
  const auto middle = [](Point a, Point b) { return Point{(a.x + b.x) / 2, (a.y + b.y) / 2}; };
  const std::size_t n = corners.size();
  Stroke curve;
  if (!closed) curve.push_back(corners.front());
  for (std::size_t i = closed ? 0 : 1; i < (closed ? n : n - 1); ++i) {
    const Point corner = corners[i];
    const Point from = middle(corners[(i + n - 1) % n], corner);
    const Point to = middle(corner, corners[(i + 1) % n]);
    for (int piece = 0; piece <= kPieces; ++piece) {
      const double t = static_cast<double>(piece) / kPieces, s = 1 - t;
      curve.push_back({s * s * from.x + 2 * s * t * corner.x + t * t * to.x,
                       s * s * from.y + 2 * s * t * corner.y + t * t * to.y});
    }
  }
  curve.push_back(closed ? curve.front() : corners.back());
  return curve;
}

Stroke parse_stroke(std::string_view text) {
  const auto coordinate = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10.0; };
  const char kind = text.front();
  if (kind == '~' || kind == '@') text.remove_prefix(1);
  Stroke stroke;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    stroke.push_back({coordinate(text[i]), coordinate(text[i + 1])});
  }
  return kind == '~' || kind == '@' ? rounded(stroke, kind == '@') : stroke;
}

struct Lettering {
  std::vector<Stroke> strokes;
  double width = 0.0;
};

Lettering lettering(std::string_view text) {
  Lettering result;
  double pen = 0.0;
  for (const char character : text) {
    double width = character == ' ' ? kSpace : 0.0;
    std::string_view rest = strokes_of(character);
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      Stroke stroke = parse_stroke(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      for (auto& point : stroke) {
        width = std::max(width, point.x);
        point.x += pen;
      }
      result.strokes.push_back(std::move(stroke));
    }
    pen += width + kSpacing;
  }
  result.width = std::max(0.0, pen - kSpacing);
  return result;
}

double distance(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
  const double along = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0.0;
  const double t = std::clamp(along, 0.0, 1.0);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// Darkens the pixels under a stroke; the edge of the pen fades over one pixel.
void draw_segment(Image& sheet, Point a, Point b, double pen, double level) {
  const double reach = pen / 2 + 1;
  const int left = std::max(0, static_cast<int>(std::min(a.x, b.x) - reach));
  const int right = std::min(sheet.width - 1, static_cast<int>(std::max(a.x, b.x) + reach));
  const int top = std::max(0, static_cast<int>(std::min(a.y, b.y) - reach));
  const int bottom = std::min(sheet.height - 1, static_cast<int>(std::max(a.y, b.y) + reach));
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const double away = distance({x + 0.5, y + 0.5}, a, b) - pen / 2;
      const double ink = std::clamp(0.5 - away, 0.0, 1.0);
      const double shade = 255.0 + ink * (level - 255.0);
      for (int c = 0; c < sheet.channels; ++c) {
        sheet.at(x, y, c) = std::min(sheet.at(x, y, c), shade);  // strokes overlap at their ends
      }
    }
  }
}

/// Writes the text centred under (centre, top), smaller if it is wider than `room`.
void draw_label(Image& sheet, std::string_view text, double centre, double top, double room,
                const ContactSheetStyle& style) {
  const auto letters = lettering(text);
  const double wanted = style.label_height / kDigitHeight;
  const double scale = std::min(wanted, room / (letters.width + kPen));
  const double left = centre - scale * letters.width / 2;
  const double baseline = top + wanted * kDigitHeight;
  const auto on_sheet = [&](Point p) {
    return Point{left + scale * p.x, baseline - scale * (p.y - kBaseline)};
  };
  for (const auto& stroke : letters.strokes) {
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      const std::size_t next = std::min(i + 1, stroke.size() - 1);
      const double pen = std::max(1.0, scale * kPen);
      draw_segment(sheet, on_sheet(stroke[i]), on_sheet(stroke[next]), pen, style.label_level);
    }
  }
}

/// As it looks on white paper.
double on_white(const Image& frame, int x, int y, int channel) {
  const double opacity = frame.opacity(x, y);
  return opacity * frame.at(x, y, channel) + (1.0 - opacity) * 255.0;
}

/// Mean of the frame over its part [left, right) x [top, bottom), by the area of each pixel in it.
double area_mean(const Image& frame, Point low, Point high, int channel) {
  const auto part = [](int pixel, double from, double to) {
    return std::min(to, pixel + 1.0) - std::max(from, static_cast<double>(pixel));
  };
  double sum = 0.0;
  for (int y = static_cast<int>(low.y); y < std::min<double>(high.y, frame.height); ++y) {
    for (int x = static_cast<int>(low.x); x < std::min<double>(high.x, frame.width); ++x) {
      sum += part(x, low.x, high.x) * part(y, low.y, high.y) * on_white(frame, x, y, channel);
    }
  }
  return sum / ((high.x - low.x) * (high.y - low.y));
}

/// Where everything lies on the sheet.
struct Plan {
  int width, height;  ///< of a frame on the sheet
  int columns, rows;
  int band;    ///< height of the label and the gap above it
  int gutter;  ///< at least 1, where the hairlines are

  int left(std::size_t i) const {
    return gutter + static_cast<int>(i) % columns * (width + gutter);
  }
  int top(std::size_t i) const {
    return gutter + static_cast<int>(i) / columns * (height + band + gutter);
  }
};

Plan make_plan(const Image& frame, std::size_t frames, bool labelled, const ContactSheetStyle& s) {
  const int count = static_cast<int>(frames);
  const int longest = std::max(frame.width, frame.height);
  double reduction = std::min(1.0, static_cast<double>(s.max_frame) / longest);
  if (s.columns > 0) {
    const int room = (s.max_width - s.gutter) / s.columns - s.gutter;
    reduction = std::min(reduction, std::max(1.0, double(room)) / frame.width);
  }
  const int wanted = (s.min_frame - 1) / frame.width + 1;
  const int enlargement = std::clamp(s.max_frame / longest, 1, std::max(1, wanted));
  const auto scaled = [&](int size) {
    return std::max(1, static_cast<int>(std::lround(size * reduction))) * enlargement;
  };
  Plan plan{scaled(frame.width), scaled(frame.height), 1, 1, 0, std::max(1, s.gutter)};
  const int fitting = std::max(1, (s.max_width - plan.gutter) / (plan.width + plan.gutter));
  plan.rows = (count - 1) / (s.columns > 0 ? s.columns : fitting) + 1;
  plan.columns = s.columns > 0 ? std::min(s.columns, count)
                               : (count - 1) / plan.rows + 1;  // rows as even as possible
  if (labelled) plan.band = s.label_height * 3 / 2;
  return plan;
}

void draw_frame(Image& sheet, const Image& frame, int left, int top, const Plan& plan,
                double rule) {
  const double across = static_cast<double>(frame.width) / plan.width;
  const double down = static_cast<double>(frame.height) / plan.height;
  for (int y = -1; y <= plan.height; ++y) {
    for (int x = -1; x <= plan.width; ++x) {
      const bool edge = x < 0 || y < 0 || x == plan.width || y == plan.height;
      const Point low{x * across, y * down}, high{(x + 1) * across, (y + 1) * down};
      for (int c = 0; c < sheet.channels; ++c) {
        const int channel = std::min(c, frame.channels - 1);
        sheet.at(left + x, top + y, c) = edge ? rule : area_mean(frame, low, high, channel);
      }
    }
  }
}

void check_frames(std::span<const Image> frames, std::span<const std::string> labels) {
  if (frames.empty()) throw std::invalid_argument("contact_sheet: no frames");
  const auto fits = [&first = frames.front()](const Image& frame) {
    return !frame.values.empty() && frame.values.size() == frame.index(0, frame.height) &&
           frame.width == first.width && frame.height == first.height;
  };
  if (!std::all_of(frames.begin(), frames.end(), fits)) {
    throw std::invalid_argument("contact_sheet: the frames differ in size");
  }
  if (!labels.empty() && labels.size() != frames.size()) {
    throw std::invalid_argument("contact_sheet: one label a frame is needed, or none");
  }
}

}  // namespace

Image reduced(const Image& frame, int most) {
  const int longest = std::max(frame.width, frame.height);
  if (longest <= most) return frame;
  const double reduction = static_cast<double>(most) / longest;
  const auto scaled = [reduction](int size) {
    return std::max(1, static_cast<int>(std::lround(size * reduction)));
  };
  Image small = make_image(scaled(frame.width), scaled(frame.height), frame.channels, frame.bits);
  const double across = static_cast<double>(frame.width) / small.width;
  const double down = static_cast<double>(frame.height) / small.height;
  for (int y = 0; y < small.height; ++y) {
    for (int x = 0; x < small.width; ++x) {
      const Point low{x * across, y * down}, high{(x + 1) * across, (y + 1) * down};
      for (int c = 0; c < small.channels; ++c) small.at(x, y, c) = area_mean(frame, low, high, c);
    }
  }
  return small;
}

Image contact_sheet(std::span<const Image> frames, std::span<const std::string> labels,
                    const ContactSheetStyle& style) {
  check_frames(frames, labels);
  const auto plan = make_plan(frames.front(), frames.size(), !labels.empty(), style);
  const bool colour = std::any_of(frames.begin(), frames.end(),
                                  [](const Image& frame) { return frame.channels == 3; });
  const int width = plan.gutter + plan.columns * (plan.width + plan.gutter);
  const int height = plan.gutter + plan.rows * (plan.height + plan.band + plan.gutter);
  Image sheet = make_image(width, height, colour ? 3 : 1, 8, 255.0);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    draw_frame(sheet, frames[i], plan.left(i), plan.top(i), plan, style.rule_level);
    if (labels.empty()) continue;
    const double centre = plan.left(i) + plan.width / 2.0;
    const double top = plan.top(i) + plan.height + style.label_height * 0.65;
    draw_label(sheet, labels[i], centre, top, plan.width, style);
  }
  return sheet;
}

}  // namespace feller
