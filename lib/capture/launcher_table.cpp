#include "capture/launcher_table.h"

namespace clew::capture {
namespace {

constexpr Launcher kLaunchers[] = {
    // Wrappers of one process.
    {.names = "env", .values = "u C unset chdir", .assignments = true},
    {.names = "sudo doas", .values = "C D g h p R r T t U u", .assignments = true},
    {.names = "nohup setsid unbuffer catchsegv command exec"},
    {.names = "nice", .values = "n adjustment"},
    {.names = "ionice", .values = "c n p P u class classdata"},
    {.names = "time", .values = "f o format output"},
    {.names = "stdbuf", .values = "i o e input output error"},
    {.names = "timeout", .values = "k s kill-after signal", .own_words = 1},
    {.names = "taskset chrt", .own_words = 1},
    {.names = "numactl",
     .values = "i p N m C interleave preferred cpunodebind physcpubind membind"},
    {.names = "xvfb-run",
     .values = "e f n p s w error-file auth-file server-num xauth-protocol server-args wait"},

    // Launchers of many processes.
    {.names = "mpirun mpiexec orterun mpiexec.hydra prterun",
     .values = "n np c N H host hosts f hostfile machinefile map-by bind-to rank-by x mca:2 gmca:2 "
               "pmca:2 prtemca:2 genv:2 env:2 genvlist envlist wdir wd ppn perhost prefix "
               "output-filename timeout tune app personality ompi-server rf rankfile cpu-set",
     .long_with_one_dash = true},
    {.names = "horovodrun",
     .values = "np num-proc H hosts hostfile p ssh-port min-np max-np host-discovery-script "
               "output-filename config-file log-level network-interfaces",
     .long_with_one_dash = true},
    {.names = "srun",
     .values =
         "A B b c C d D e G i J L m M n N o p q r S t T w W x account acctg-freq bcast chdir "
         "cluster-constraint clusters comment constraint container core-spec cores-per-socket "
         "cpu-bind cpu-freq cpus-per-gpu cpus-per-task deadline delay-boot dependency "
         "distribution epilog error exclude export gid gpu-bind gpu-freq gpus gpus-per-node "
         "gpus-per-socket gpus-per-task gres gres-flags hint input jobid job-name licenses "
         "mail-type mail-user mem mem-bind mem-per-cpu mem-per-gpu mincpus mpi network nodefile "
         "nodelist nodes ntasks ntasks-per-core ntasks-per-gpu ntasks-per-node "
         "ntasks-per-socket open-mode output partition power priority profile prolog qos relative "
         "reservation signal slurmd-debug sockets-per-node switches task-epilog task-prolog "
         "thread-spec threads threads-per-core time time-min tmp uid wait wckey"},
    {.names = "torchrun",
     .modules = "torch.distributed.run torch.distributed.launch",
     .values = "r t nnodes nproc-per-node rdzv-backend rdzv-endpoint rdzv-id rdzv-conf "
               "max-restarts monitor-interval start-method event-log-handler role log-dir "
               "redirects tee local-ranks-filter node-rank master-addr master-port local-addr "
               "logs-specs numa-binding signals-to-handle",
     .runs = Runs::script},
    {.names = "accelerate",
     .subcommands = "launch",
     .values = "config-file num-processes num-machines machine-rank main-process-ip "
               "main-process-port mixed-precision dynamo-backend dynamo-mode "
               "num-cpu-threads-per-process gpu-ids role rdzv-backend rdzv-conf max-restarts "
               "monitor-interval log-dir tee main-training-function downcast-bf16 "
               "deepspeed-config-file deepspeed-hostfile deepspeed-* zero-stage zero3-* "
               "offload-* gradient-accumulation-steps gradient-clipping fsdp-* megatron-lm-* "
               "fp8-* tpu-name tpu-zone vm env aws-access-key-id aws-secret-access-key",
     .runs = Runs::script},
    {.modules = "accelerate.commands.launch",
     .values = "config-file num-processes num-machines machine-rank main-process-ip "
               "main-process-port mixed-precision dynamo-backend num-cpu-threads-per-process "
               "gpu-ids deepspeed-* zero-stage fsdp-*",
     .runs = Runs::script},
    {.names = "deepspeed",
     .modules = "deepspeed.launcher.runner",
     .values = "H i e hostfile include exclude num-nodes min-elastic-nodes max-elastic-nodes "
               "num-gpus master-port master-addr node-rank launcher launcher-args autotuning "
               "bind-core-list ssh-port enable-each-rank-log venv-script",
     .runs = Runs::script},

    // Environments.
    {.names = "uv",
     .subcommands = "run",
     .values = "p w i f C P directory project config-file cache-dir color allow-insecure-host "
               "with with-editable with-requirements python extra no-extra group no-group "
               "only-group env-file package index default-index index-url extra-index-url "
               "find-links index-strategy keyring-provider resolution prerelease fork-strategy "
               "exclude-newer link-mode config-setting upgrade-package reinstall-package "
               "refresh-package no-build-package no-binary-package python-platform",
     .ends = "m module",
     .own_environment = true},
    {.names = "poetry pdm pipenv rye hatch pixi",
     .subcommands = "run",
     .values = "C P e p directory project environment manifest-path",
     .own_environment = true},
    {.names = "conda mamba micromamba",
     .subcommands = "run",
     .values = "n p name prefix cwd",
     .own_environment = true},
    {.names = "singularity apptainer",
     .subcommands = "exec",
     .values = "B H W S bind home workdir scratch env env-file overlay pwd cwd network memory cpus",
     .own_words = 1,
     .own_environment = true},

    // Interpreters, and modules of Python that run a script.
    {.names = "python pypy pypy3 ipython ipython3",
     .values = "W X check-hash-based-pycs",
     .ends = "c m",
     .runs = Runs::script,
     .interpreter = true},
    {.modules = "cProfile profile", .values = "o s", .ends = "m", .runs = Runs::script},
    {.modules = "pdb", .values = "c", .ends = "m", .runs = Runs::script},
    {.names = "bash sh dash zsh ksh",
     .values = "o O rcfile init-file",
     .ends = "c",
     .runs = Runs::script,
     .interpreter = true},
    {.names = "Rscript", .ends = "e", .runs = Runs::script, .interpreter = true},
    {.names = "julia",
     .values = "C H J L p t home sysimage load procs threads gcthreads cpu-target "
               "startup-file handle-signals machine-file",
     .ends = "e E m eval print",
     .runs = Runs::script,
     .interpreter = true},
    {.names = "node nodejs",
     .values = "r C require import loader experimental-loader conditions env-file",
     .ends = "e p eval print",
     .runs = Runs::script,
     .interpreter = true},
    {.names = "ruby", .values = "C E I r", .ends = "e", .runs = Runs::script, .interpreter = true},
    {.names = "perl", .values = "I", .ends = "e E", .runs = Runs::script, .interpreter = true},
    {.names = "java",
     .values = "cp classpath class-path p module-path add-modules add-opens add-exports add-reads",
     .ends = "jar m module",
     .runs = Runs::script,
     .interpreter = true,
     .long_with_one_dash = true},
};

}  // namespace

std::span<const Launcher> launchers() {
  return kLaunchers;
}

}  // namespace clew::capture
