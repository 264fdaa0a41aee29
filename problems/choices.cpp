#include "problems/choices.hpp"

#include <array>

namespace feller {
namespace {

constexpr std::array all_forms{
    NamedChoice<Form>{"ito",
                      "dX = b dt + sigma dW, D = sigma sigma^T / 2; f = b - div D. Take it for "
                      "stochastic differential equations as mathematicians and finance write them",
                      Form::ito},
    NamedChoice<Form>{"stratonovich",
                      "dX = b dt + sigma o dW; f = b - div D / 2. Take it for noise that is the "
                      "limit of coloured noise; scalar or diagonal D only, as a tensor's root is "
                      "not unique",
                      Form::stratonovich},
    NamedChoice<Form>{"fick",
                      "dp/dt = div(D grad p - b p); f = b. Take it for diffusion along gradients "
                      "of the density, as in transport and image processing",
                      Form::fick}};

constexpr std::array all_boundaries{
    NamedChoice<Boundary>{"reflecting",
                          "no flux: mass is kept. The default; also for borders where the "
                          "diffusion vanishes, and for a box wide enough to stand for all of space",
                          Boundary::reflecting},
    NamedChoice<Boundary>{"periodic", "the last cell touches the first: mass is kept; both ends",
                          Boundary::periodic},
    NamedChoice<Boundary>{"absorbing",
                          "u = 0 at the border: mass leaves, positivity stays. For first passage "
                          "and survival; there is no steady state but 0",
                          Boundary::absorbing},
    NamedChoice<Boundary>{"dirichlet",
                          "u = problem.border_density at the border: mass enters and leaves, the "
                          "steady state is their balance",
                          Boundary::dirichlet}};

constexpr std::array all_spacings{
    NamedChoice<Spacing>{"uniform", "equal cells", Spacing::uniform},
    NamedChoice<Spacing>{"geometric",
                         "widths grow by a constant factor, to grid.stretch times the first: for "
                         "positive quantities of many sizes",
                         Spacing::geometric},
    NamedChoice<Spacing>{"sinh",
                         "narrow cells around grid.centre, wide ones far out, the more the larger "
                         "grid.stretch: for heavy tails",
                         Spacing::sinh},
    NamedChoice<Spacing>{"faces",
                         "as listed in grid.x_faces, ...: order 2 along the axes on any "
                         "list, with a full tensor on smooth ones",
                         Spacing::faces}};

}  // namespace

std::span<const NamedChoice<Form>> forms() {
  return all_forms;
}

std::span<const NamedChoice<Boundary>> boundaries() {
  return all_boundaries;
}

std::span<const NamedChoice<Spacing>> spacings() {
  return all_spacings;
}

}  // namespace feller
